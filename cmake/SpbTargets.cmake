# SPDX-License-Identifier: GPL-2.0-only
#
# The flags every target shares, and the functions that make libraries out of folders.
#
# The same folder is compiled in several flavours, told apart by a suffix of the target's name:
#   (none)      the ordinary build
#   _faulty     of the model with the faults of faults/ planted, one of which runs at a time, for the canaries
#   _fuzz       with libFuzzer's coverage (SPB_EDGES), fast
#   _fuzz_asan  with libFuzzer's coverage, ASan and UBSan, assertions on
# A flavour's flags are public, so that whoever links a flavour compiles the headers' code in the same way.
include_guard()

add_library(spb_options INTERFACE)
target_compile_features(spb_options INTERFACE cxx_std_20)
target_include_directories(spb_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/spbcheck>)
# Who uses an installed library has warnings of their own.
set(warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  # g++-12 sees overlapping copies inside std::string that are not there (gcc bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_compile_options(spb_options INTERFACE "$<BUILD_INTERFACE:${warnings}>")

if(SPB_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

if(SPB_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT SPB_HAS_LTO OUTPUT reason LANGUAGES CXX)
  if(SPB_HAS_LTO)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
    # g++ compares types across files only when it links, and its findings count like any other warning.
    add_link_options($<$<CXX_COMPILER_ID:GNU>:-Werror>)
  else()
    message(STATUS "No link-time optimization: this compiler and linker cannot do it together")
  endif()
endif()

# The flavours' flags; an unknown flavour is a mistake in a CMakeLists.txt.
set(SPB_FLAGS "")
# The invariants have to find a planted fault, so no assertion of the model may stop the run before they do.
set(SPB_FLAGS_faulty -DNDEBUG)
set(SPB_FLAGS_fuzz "")
set(SPB_FLAGS_fuzz_asan -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -UNDEBUG)
set(SPB_FLAGS_fuzz_faulty ${SPB_FLAGS_faulty})
# Coverage of the code: of program/ and what stands above it, for the parsers' sake. What the model does, engines are shown
# as cells (program/cells.h): edges of it and of its checks cost most of an execution and lead to fewer cells (docs/fuzzing.md).
# trace-cmp costs more than it finds when the input is fixed-width binary.
set(SPB_EDGES_fuzz -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
set(SPB_EDGES_fuzz_faulty ${SPB_EDGES_fuzz})
set(SPB_EDGES_fuzz_asan -fsanitize=fuzzer-no-link)
if(SPB_EDGES_OF_MODEL)
  list(APPEND SPB_FLAGS_fuzz ${SPB_EDGES_fuzz})
endif()
# AFL++'s compiler instruments what it is not told to leave alone, so it is told.
set(SPB_NO_EDGES "")
if(CMAKE_CXX_COMPILER MATCHES "afl-clang[^/]*$" AND NOT SPB_EDGES_OF_MODEL)
  set(SPB_NO_EDGES --afl-noopt)
endif()

# spb_library(NAME FOLDER [FROM folder] [FLAGS flag...] [LINKS target...]): all .cpp files below FOLDER in one static library,
# of the sources or of the copy of them in FROM.
# A folder without a source yet gives a library of headers. A library is built for those that link it.
function(spb_library name folder)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "FROM" "FLAGS;LINKS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "(_fuzzer|/afl_mutator)\\.cpp$")
  if(arg_FROM)
    list(TRANSFORM sources REPLACE "^${PROJECT_SOURCE_DIR}/" "${arg_FROM}/")
  endif()
  if(sources)
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${sources})
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_compile_options(${name} ${scope} ${arg_FLAGS})
  # The headers of a planted model come before those of the sources.
  target_link_libraries(${name} ${scope} ${arg_LINKS} spb_options)
endfunction()

# spb_planted_model(RESULT): a copy of the model with each fault of faults/ planted that can be beside others; SPB_FAULT=NAME
# chooses the one that runs. RESULT is its folder.
function(spb_planted_model result)
  set(tree ${PROJECT_BINARY_DIR}/planted)
  set(${result} ${tree} PARENT_SCOPE)
  if(TARGET spb_planted_model)
    return()
  endif()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  file(GLOB_RECURSE model CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/model/*.*)
  file(GLOB diffs CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/faults/*.diff)
  set(planted ${model} model/words/planted.h model/words/planted.cpp)
  list(TRANSFORM planted PREPEND ${tree}/)
  list(TRANSFORM model PREPEND ${PROJECT_SOURCE_DIR}/)
  add_custom_command(OUTPUT ${planted} ${tree}/planted.txt
    COMMAND ${Python3_EXECUTABLE} faults/at_once.py . ${tree} ${diffs} > ${tree}/planted.txt
    DEPENDS ${model} ${diffs} ${PROJECT_SOURCE_DIR}/faults/at_once.py
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} COMMENT "Planting the faults of faults/" VERBATIM)
  add_custom_target(spb_planted_model DEPENDS ${planted})
  file(MAKE_DIRECTORY ${tree})
endfunction()

# spb_model(SUFFIX): the model of one flavour, as it is or with faults planted. What a fault leaves unused is no warning.
function(spb_model suffix)
  if(NOT suffix MATCHES "_faulty$" AND NOT SPB_PLANT)
    spb_library(spb_model${suffix} model FLAGS ${SPB_FLAGS${suffix}})
    return()
  endif()
  spb_planted_model(tree)
  spb_library(spb_model${suffix} model FROM ${tree} FLAGS ${SPB_FLAGS${suffix}})
  add_dependencies(spb_model${suffix} spb_planted_model)
  target_sources(spb_model${suffix} PRIVATE ${tree}/model/words/planted.cpp)
  target_include_directories(spb_model${suffix} BEFORE PUBLIC $<BUILD_INTERFACE:${tree}>)
  target_compile_options(spb_model${suffix} PRIVATE -w)
endfunction()

# spb_core(FLAVOUR suffix): model, invariants and program, which need the standard library alone, and files, which needs
# POSIX, in one flavour.
function(spb_core)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "FLAVOUR" "")
  set(suffix "${arg_FLAVOUR}")
  spb_model("${suffix}")
  spb_library(spb_invariants${suffix} invariants LINKS spb_model${suffix})
  spb_library(spb_program${suffix} program FLAGS ${SPB_EDGES${suffix}} LINKS spb_invariants${suffix})
  spb_library(spb_files${suffix} files LINKS spb_program${suffix})
  # The mutators and the engine call each other for every page: as one unit they are inlined, which link-time optimization
  # would do for minutes of linking.
  get_target_property(engine spb_model${suffix} SOURCES)
  list(FILTER engine INCLUDE REGEX "/model/(state|engine|operation)/[^/]*\\.cpp$")
  set_target_properties(spb_model${suffix} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set_source_files_properties(${engine} TARGET_DIRECTORY spb_model${suffix} PROPERTIES UNITY_GROUP engine)
  # The same of what the checker calls for every operation.
  set(checks answers checker conformance conformance_modes content evacuation_asked evacuation_throttle frames free_blocks free_path
    hint_left incremental outcome reserve shrink_asked slow_path snapshot stated_rules told try_flags watch)
  list(TRANSFORM checks REPLACE "(.+)" "${PROJECT_SOURCE_DIR}/invariants/\\1.cpp")
  set_target_properties(spb_invariants${suffix} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set_source_files_properties(${checks} TARGET_DIRECTORY spb_invariants${suffix} PROPERTIES UNITY_GROUP checker)
  # Half of the time that these files take to compile goes to what they include; a name of one file's own is no other file's.
  set_target_properties(spb_program${suffix} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  foreach(blind model invariants)
    target_compile_options(spb_${blind}${suffix} PRIVATE ${SPB_NO_EDGES})
  endforeach()
  # What runs for every operation is worth another 5 % of speed.
  foreach(hot model invariants)
    target_compile_options(spb_${hot}${suffix} PRIVATE $<$<CONFIG:Release>:-O3>)
    # It would guess that hooks do nothing, which is wrong where one is set.
    target_compile_options(spb_${hot}${suffix} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-devirtualize-speculatively>)
  endforeach()
endfunction()

# spb_trace(FLAVOUR suffix): recordings and golden vectors, on top of spb_core of the same flavour.
function(spb_trace)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "FLAVOUR" "")
  find_package(LibLZMA REQUIRED)
  find_package(fmt REQUIRED)
  spb_library(spb_trace${arg_FLAVOUR} trace LINKS spb_program${arg_FLAVOUR} LibLZMA::LibLZMA fmt::fmt)
  set_target_properties(spb_trace${arg_FLAVOUR} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  # An event of golden vectors is the model's, elsewhere it is a recording's; and two readers of /proc have the same words.
  file(GLOB apart ${PROJECT_SOURCE_DIR}/trace/golden*.cpp)
  list(APPEND apart ${PROJECT_SOURCE_DIR}/trace/made_up.cpp ${PROJECT_SOURCE_DIR}/trace/snapshot.cpp)
  # To g++ all that a unit includes is a header, whose types should not stand on what is one file's own.
  target_compile_options(spb_trace${arg_FLAVOUR} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  set_source_files_properties(${apart} TARGET_DIRECTORY spb_trace${arg_FLAVOUR} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# spb_explore(FLAVOUR suffix): every state of a small zone, on top of spb_core of the same flavour.
function(spb_explore)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "FLAVOUR" "")
  find_package(Threads REQUIRED)
  spb_library(spb_explore${arg_FLAVOUR} explore LINKS spb_files${arg_FLAVOUR} Threads::Threads)
  target_compile_options(spb_explore${arg_FLAVOUR} PRIVATE $<$<CONFIG:Release>:-O3>)
endfunction()

# spb_smt(): the policy over terms, and the solver. Z3 has no CMake package in Debian.
function(spb_smt)
  find_path(Z3_INCLUDE_DIR z3++.h REQUIRED)
  find_library(Z3_LIBRARY z3 REQUIRED)
  find_package(Threads REQUIRED)
  spb_library(spb_smt smt LINKS spb_explore)
  target_include_directories(spb_smt SYSTEM PRIVATE ${Z3_INCLUDE_DIR})
  target_link_libraries(spb_smt PUBLIC ${Z3_LIBRARY} Threads::Threads)
endfunction()

# spb_report(): a run's record and its forms, with the files that it has in it.
function(spb_report)
  find_package(nlohmann_json REQUIRED)
  find_package(fmt REQUIRED)
  spb_library(spb_report report LINKS spb_files nlohmann_json::nlohmann_json fmt::fmt)
  set(files ${PROJECT_SOURCE_DIR}/docs/record.schema.json ${PROJECT_SOURCE_DIR}/report/page.css)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  file(READ ${PROJECT_SOURCE_DIR}/docs/record.schema.json schema)
  file(READ ${PROJECT_SOURCE_DIR}/report/page.css style)
  configure_file(${PROJECT_SOURCE_DIR}/report/embedded.cpp.in ${PROJECT_BINARY_DIR}/report/embedded.cpp @ONLY)
  target_sources(spb_report PRIVATE ${PROJECT_BINARY_DIR}/report/embedded.cpp)
  set_target_properties(spb_report PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
  # Its documents keep no order, and the others' do.
  set_source_files_properties(${PROJECT_SOURCE_DIR}/report/schema.cpp TARGET_DIRECTORY spb_report
    PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
