// SPDX-License-Identifier: GPL-2.0-only
#include "program/source.h"

#include <utility>

#include "program/words.h"

namespace spb {

ContainerFile::ContainerFile(std::string path) : path_(std::move(path)) {
  open();
}

void ContainerFile::rewind() {
  open();
}

void ContainerFile::open() {
  in_ = std::ifstream(path_, std::ios::binary);
  if (!in_) throw InputError(path_, 0, 0, "no readable file", "a container");
  reader_ = std::make_unique<ContainerReader>(in_, path_);
}

}  // namespace spb
