// SPDX-License-Identifier: GPL-2.0-only
// The least engine there is: runs a fuzz target once on each file that it is given, and on no
// bytes. ci/fleet-check links it where the engine itself is not at hand.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace {

constexpr std::size_t file_bytes_max = std::size_t{1} << 20U;
uint8_t bytes[file_bytes_max];

bool run_file(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) {
    std::perror(path);
    return false;
  }
  const std::size_t size = std::fread(bytes, 1, sizeof bytes, file);
  std::fclose(file);
  // A copy of its own size, so that a sanitizer sees what is read beyond it.
  auto* exact = static_cast<uint8_t*>(std::malloc(size));
  for (std::size_t i = 0; i < size; ++i)
    exact[i] = bytes[i];
  LLVMFuzzerTestOneInput(exact, size);
  std::free(exact);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  LLVMFuzzerTestOneInput(bytes, 0);
  for (int i = 1; i < argc; ++i)
    if (!run_file(argv[i])) return 2;
  std::printf("%d files were run\n", argc - 1);
  return 0;
}
