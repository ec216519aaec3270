#include "harness/cli/check_together.hpp"

#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <bb/core/value.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/documents/inputs.hpp"
#include "harness/documents/package.hpp"
#include "harness/documents/pdf.hpp"
#include "harness/facts/blue_button.hpp"
#include "harness/facts/levels.hpp"
#include "harness/facts/narrative.hpp"
#include "harness/facts/read_copy.hpp"

namespace bb::cli {
namespace {

struct Copies {
  std::vector<facts::Copy> all;
  std::string only_ccda;  // the bytes, where it is the first
};

// The error names what cannot be read.
Status read_piece(const documents::Piece& piece, Copies& copies) {
  for (const auto& why : {piece.problem, piece.failure})
    if (!why.empty()) return Error{fmt::format("{}: {}", piece.name, why)};
  if (documents::is_package(piece.bytes)) return {};  // the documents in it come by themselves
  BB_TRY(auto copy, facts::read_copy(piece.name, piece.bytes, documents::words_of_pdf));
  copies.only_ccda = copies.all.empty() && copy.format.starts_with("C-CDA") ? piece.bytes : std::string_view();
  copies.all.push_back(std::move(copy));
  return {};
}

Result<Copies> read_copies(const std::vector<std::string>& files) {
  BB_TRY(const auto inputs, documents::find_inputs(files));
  Copies copies;
  Status read;
  for (const auto& input : inputs.files) {
    documents::read_input(input, [&](const documents::Piece& piece) {
      if (read) read = read_piece(piece, copies);
    });
    BB_CHECK(read);
  }
  if (copies.all.empty()) return Error{"there is no document in what was named"};
  return copies;
}

}  // namespace

Status can_be_together(const std::vector<std::string>& files) {
  for (const auto& file : files)
    if (file == "-" || std::filesystem::is_directory(file))
      return Error{fmt::format("--together takes files, and '{}' is none", file)};
  return {};
}

int check_together(const std::vector<std::string>& files, bool is_json, int status) {
  const auto copies = read_copies(files);
  if (!copies) {
    complain("not judged together: " + copies.error().what);
    return status == exit_good ? exit_inconclusive : status;
  }
  const auto& tables = facts::Tables::built_in();
  std::optional<facts::NarrativeComparison> narrative;
  if (!copies->only_ccda.empty())
    if (auto found = facts::compare_narrative(copies->all[0].name, copies->only_ccda, facts::level_all, tables))
      narrative = *std::move(found);
  const auto together = facts::judge_together(copies->all, tables, narrative ? &narrative->comparison : nullptr);
  if (is_json)
    print_json_line(Value::object({{"blue_button", facts::to_value(together)}}));
  else
    print("\nTogether\n" + facts::render(together));
  return together.is_met() || status == exit_cancelled ? status : static_cast<int>(exit_found);
}

}  // namespace bb::cli
