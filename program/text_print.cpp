// SPDX-License-Identifier: GPL-2.0-only
#include <span>

#include "model/words/gfp.h"
#include "program/arguments.h"
#include "program/text.h"
#include "program/zone_line.h"

namespace spb {

namespace {

/// Composite names come first in the table, so they win over their parts.
std::string bits_text(uint32_t bits, std::span<const FlagName> names) {
  std::string text;
  for (const FlagName& flag : names) {
    if ((bits & flag.bits) != flag.bits) continue;
    bits &= ~flag.bits;
    text += (text.empty() ? "" : "|") + std::string(flag.name);
  }
  if (bits != 0) text += (text.empty() ? "" : "|") + hex_text(bits);
  return text.empty() ? "0" : text;
}

std::string type_text(uint32_t type) {
  return std::string(migratetype_names()[type]);
}

std::string value_text(Argument argument, uint32_t value,
                       const std::vector<std::string>& slot_names) {
  switch (argument) {
    case Argument::gfp:
      return gfp_text(value);
    case Argument::alloc_flags:
      return alloc_flags_text(value);
    case Argument::migratetype:
    case Argument::page_type:
    case Argument::tag:
      return type_text(value);
    case Argument::slot:
      return slot_name(value, slot_names);
    case Argument::reclaim:
    case Argument::compact:
      return slot_name(value - 1, slot_names);
    case Argument::pfn:
      return pfn_text(value);
    case Argument::clean:
    case Argument::fail:
      return hex_text(value);
    default:
      return std::to_string(value);
  }
}

std::string argument_text(const Operation& op, Argument argument,
                          const std::vector<std::string>& slot_names) {
  const uint32_t value = get(op, argument);
  const ArgumentInfo& how = info(argument);
  if (!how.required && value == 0) return {};
  if (is_word(argument)) return " " + std::string(how.key);
  const std::string key = how.key.empty() ? "" : std::string(how.key) + "=";
  return " " + key + value_text(argument, value, slot_names);
}

std::string expectations_text(const TextProgram& text, const TextLine& line) {
  std::string result = "expect";
  for (uint32_t i = 0; i < line.nr_expectations; ++i) {
    const Expectation& expectation = text.expectations[line.first_expectation + i];
    result += " " + expectation_text(expectation, expectation.value, text.program.zone);
  }
  return result;
}

std::string line_text(const TextProgram& text, const TextLine& line) {
  switch (line.kind) {
    case TextLine::Kind::zone:
      return zone_line(text.program.zone, line.zone);
    case TextLine::Kind::expect:
      return expectations_text(text, line);
    case TextLine::Kind::operation: {
      const Operation& op = text.program.operations[line.operation];
      const std::string result = operation_text(op, text.slot_names);
      return line.nr_expectations == 0 ? result : result + "  " + expectations_text(text, line);
    }
    case TextLine::Kind::property:
      return "property " + text.property;
    case TextLine::Kind::blank:
      break;
  }
  return {};
}

}  // namespace

std::string gfp_text(uint32_t gfp) {
  return bits_text(gfp, gfp_names());
}

std::string alloc_flags_text(uint32_t flags) {
  return bits_text(flags, alloc_flag_names());
}

std::string slot_name(uint32_t slot, const std::vector<std::string>& slot_names) {
  const bool named = slot < slot_names.size() && !slot_names[slot].empty();
  return named ? slot_names[slot] : "s" + std::to_string(slot);
}

std::string operation_text(const Operation& op, const std::vector<std::string>& slot_names) {
  std::string text(name_of(op.kind));
  for (const Argument argument : info(op.kind).arguments) {
    if (argument == Argument::none) break;
    if (argument == Argument::result) {
      text.insert(0, slot_name(op.slot, slot_names) + " = ");
    } else {
      text += argument_text(op, argument, slot_names);
    }
  }
  return text;
}

TextProgram with_lines(Program program) {
  TextProgram text;
  text.program = std::move(program);
  TextLine line;
  line.kind = TextLine::Kind::zone;
  for (; line.zone < text.program.zone.machine.nr_zones(); ++line.zone)
    text.lines.push_back(line);
  line.zone = 0;
  line.kind = TextLine::Kind::operation;
  for (uint32_t i = 0; i < text.program.operations.size(); ++i) {
    line.operation = i;
    text.lines.push_back(line);
  }
  return text;
}

std::string print_text(const TextProgram& text) {
  std::string result;
  for (const TextLine& line : text.lines) {
    const std::string statement = line_text(text, line);
    result += statement;
    if (!statement.empty() && !line.comment.empty()) result += "  ";
    result += line.comment + "\n";
  }
  return result;
}

std::vector<ExpectationRange> expectation_ranges(const TextProgram& text) {
  std::vector<ExpectationRange> ranges(text.program.operations.size() + 1);
  std::size_t before = 0;
  uint32_t seen = 0;
  for (const TextLine& line : text.lines) {
    if (line.kind == TextLine::Kind::operation) {
      before = line.operation + std::size_t{1};
      ranges[before] = {seen, seen};
    }
    seen += line.nr_expectations;
    ranges[before].last = seen;
  }
  return ranges;
}

}  // namespace spb
