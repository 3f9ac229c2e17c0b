# SPDX-License-Identifier: GPL-2.0-only
#
# What `cmake --install` puts where: the program, its man pages and completions, and the libraries that need the
# standard library alone, for find_package(spbcheck). A consumer links spbcheck::program (or invariants, or model) and
# includes "program/run.h" as this project does.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/spbcheck)
foreach(name IN ITEMS options model invariants program)
  set_target_properties(spb_${name} PROPERTIES EXPORT_NAME ${name})
  install(TARGETS spb_${name} EXPORT spbcheck ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()
install(DIRECTORY model invariants program DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/spbcheck FILES_MATCHING PATTERN "*.h")
install(EXPORT spbcheck NAMESPACE spbcheck:: DESTINATION ${package_folder} FILE spbcheckConfig.cmake)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/spbcheckConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/spbcheckConfigVersion.cmake DESTINATION ${package_folder})

install(TARGETS spbcheck RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
set(share ${PROJECT_BINARY_DIR}/share)
add_custom_command(OUTPUT ${share}/made DEPENDS spbcheck
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${share}
  COMMAND spbcheck manual ${share}
  COMMAND ${CMAKE_COMMAND} -E touch ${share}/made
  COMMENT "Man pages and completions" VERBATIM)
add_custom_target(spb_manual ALL DEPENDS ${share}/made)
install(DIRECTORY ${share}/ DESTINATION ${CMAKE_INSTALL_DATADIR} PATTERN made EXCLUDE)
if(TARGET spb_tests)
  add_dependencies(spb_tests spb_manual)
endif()
