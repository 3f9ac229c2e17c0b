// SPDX-License-Identifier: GPL-2.0-only
#include "program/source.h"

#include <utility>

#include "program/words.h"

namespace spb {

ContainerFile::ContainerFile(std::unique_ptr<std::istream> in, std::string path)
    : path_(std::move(path)), in_(std::move(in)) {
  rewind();
}

void ContainerFile::rewind() {
  in_->clear();
  if (!in_->seekg(0)) throw InputError(path_, 0, 0, "no readable file", "a container");
  reader_ = std::make_unique<ContainerReader>(*in_, path_);
}

}  // namespace spb
