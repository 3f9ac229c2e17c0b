// SPDX-License-Identifier: GPL-2.0-only
// Where the operations of a run come from: memory, or a file of any length.
#pragma once

#include <cstddef>
#include <istream>
#include <memory>
#include <span>
#include <string>

#include "program/container.h"
#include "program/program.h"

namespace spb {

/// Operations in order; it can start over, so that a story can go back to the time before.
class OperationSource {
 public:
  virtual ~OperationSource() = default;
  /// False at the end.
  virtual bool next(Operation& op) = 0;
  virtual void rewind() = 0;
};

/// Operations in memory that outlive the source.
class OperationList : public OperationSource {
 public:
  explicit OperationList(std::span<const Operation> operations) : operations_(operations) {}
  bool next(Operation& op) override {
    if (at_ == operations_.size()) return false;
    op = operations_[at_++];
    return true;
  }
  void rewind() override { at_ = 0; }

 private:
  std::span<const Operation> operations_;
  std::size_t at_ = 0;
};

/// A container, read as it goes from a stream that can go back to its beginning. Throws InputError.
class ContainerFile : public OperationSource {
 public:
  ContainerFile(std::unique_ptr<std::istream> in, std::string path);
  const ZoneSpec& zone() const { return reader_->zone(); }
  bool next(Operation& op) override { return reader_->next(op); }
  void rewind() override;

 private:
  std::string path_;
  std::unique_ptr<std::istream> in_;
  std::unique_ptr<ContainerReader> reader_;
};

}  // namespace spb
