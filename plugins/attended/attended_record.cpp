// View and download of org.bluebridge.attended.portal: files that a person saves and hands over.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <bb/core/result.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "attended_portal.hpp"
#include "selection.hpp"

namespace bb::attended {
namespace {

constexpr int tries_max = 3;

struct Format {
  std::string_view id, title, media_type, accepted;
};

constexpr std::array<Format, 4> known_formats = {
    {{"blue-button-text", "Blue Button text file", "text/plain", "text/plain"},
     {"ccda-2.1", "clinical document (C-CDA, XML)", "application/xml", "application/xml text/xml"},
     {"fhir-bundle", "FHIR bundle (JSON)", "application/fhir+json", "application/json application/fhir+json"},
     {"pdf", "PDF file", "application/pdf", "application/pdf"}}};

Format format_of(std::string_view id) {
  for (const auto& format : known_formats)
    if (format.id == id) return format;
  return {id, id, "application/octet-stream", ""};
}

// The formats that an answer names, by number or id, in the order of `formats`; "0" names none. The error says what it
// names besides.
Result<std::vector<std::string>> formats_in(std::string_view answer, const std::vector<std::string>& formats) {
  std::vector<bool> is_named(formats.size());
  for (const auto& word : split(replace_all(std::string(answer), ",", " "), ' ')) {
    if (word.empty() || word == "0") continue;
    std::size_t i = 0;
    while (i < formats.size() && word != formats[i] && word != std::to_string(i + 1)) ++i;
    if (i == formats.size()) return Error{fmt::format("'{}' is none of the numbers 0 to {}.", plain(word), i)};
    is_named[i] = true;
  }
  std::vector<std::string> named;
  for (std::size_t i = 0; i < formats.size(); ++i)
    if (is_named[i]) named.push_back(formats[i]);
  return named;
}

constexpr std::string_view page_types = "text/html application/xml application/xhtml+xml text/plain application/pdf";

void hand_on(const Answer& answer, const Item& item, Content& out) {
  if (answer.filename.empty())
    out.head(item);
  else
    out.head(item, {{"content.filename", answer.filename}});
  out.write(answer.content);
}

// "from 2026-01-01 until 2026-02-01", and what tells this selection from another; both empty for everything.
std::string words_of(const bb_query& selection, const bb_download_request& request) {
  std::string words;
  if (selection.from_unix_ns != 0) words += " from " + format_date(selection.from_unix_ns);
  if (selection.until_unix_ns != 0) words += " until " + format_date(selection.until_unix_ns);
  for (std::uint64_t i = 0; i < request.item_count; ++i) words += ", of " + plain(to_view(request.item_ids[i]));
  return words;
}

}  // namespace

void AttendedPortal::list(Call& call, const bb_query& query, Items& out) {
  if (query.from_unix_ns != 0 || query.until_unix_ns != 0)
    throw Failure{BB_E_UNSUPPORTED, "listing: the pages of an attended portal are asked for whole, not by time"};
  const std::string cursor(to_view(query.cursor));
  if (!cursor.empty() && cursor != "1") throw Failure{BB_E_INVALID_ARGUMENT, "listing: this cursor was not given out"};
  const std::string record = expect_access(call, query.subject, "listing");
  const auto offers =
      asking_.choice(call,
                     {question("choices", record), title("look what the patient can choose to see"),
                      "What does the portal let the patient open and send?" + hint("view") + hint("visit")},
                     {"the whole record", "the whole record, or one visit alone", "one visit alone", "neither"});
  std::vector<std::string_view> kinds;
  if (offers == 0 || offers == 1) kinds.push_back("summary");
  if (offers == 1 || offers == 2) kinds.push_back("visit");
  const std::string_view wanted = to_view(query.kind);
  if (!wanted.empty()) std::erase_if(kinds, [&](std::string_view kind) { return kind != wanted; });
  const std::size_t begin = cursor.empty() ? 0 : 1;
  const std::size_t end = query.limit == 0 ? kinds.size() : std::min(kinds.size(), begin + query.limit);
  for (std::size_t i = begin; i < end; ++i)
    out.emit({.id = kinds[i],
              .kind = kinds[i],
              .title = kinds[i] == "visit" ? "One visit" : "The whole record",
              .subject = record});
  if (end < kinds.size()) out.cursor("1");
}

void AttendedPortal::read(Call& call, std::string_view item_id, Content& out) {
  if (item_id != "summary" && item_id != "visit") {
    if (!was_open_) throw Failure{BB_E_UNAUTHENTICATED, "reading: nobody has signed in"};
    throw Failure{BB_E_NOT_FOUND,
                  fmt::format("reading: there is no item '{}', expected summary or visit", plain(item_id))};
  }
  const bool is_visit = item_id == "visit";
  const std::string_view doing = is_visit ? "open one visit" : "open the whole record";
  const std::string record = expect_access(call, {}, "reading");
  const auto page = asking_.file_with_content(
      call,
      {question(is_visit ? "view-visit" : "view", record), title(fmt::format("{} and save the page", doing)),
       fmt::format("Open the page that shows {} of {}, save it (in most browsers Ctrl+S, \"web page, HTML only\") and "
                   "hand over the file.{}",
                   is_visit ? "one visit" : "the whole record", plain(record), hint(is_visit ? "visit" : "view"))},
      page_types);
  hand_on(
      page,
      {.id = item_id, .kind = item_id, .media_type = page.media_type, .subject = record, .size = page.content.size()},
      out);
}

std::vector<std::string> AttendedPortal::read_formats(Call& call, const std::string& record) const {
  std::string listed;
  for (std::size_t i = 0; i < formats_.size(); ++i)
    listed += fmt::format("\n{}. {}", i + 1, format_of(formats_[i]).title);
  std::string wrong;
  for (int attempt = 1; attempt <= tries_max; ++attempt) {
    const std::string id = question("formats", record) + (attempt == 1 ? "" : fmt::format("-{}", attempt));
    const std::string said =
        asking_.text(call, {id, title("look in which formats the record can be downloaded"),
                            fmt::format("{}Type the numbers of those that the portal offers, such as: 1 2{}\nWhere it "
                                        "offers none: 0{}",
                                        wrong, listed, hint("download"))});
    auto offered = formats_in(said, formats_);
    if (offered) return *std::move(offered);
    wrong = offered.error().what + "\n";
  }
  throw Failure{BB_E_INTERNAL, "listing formats: what the person typed cannot be read: " + wrong};
}

void AttendedPortal::formats(Call& call, std::string_view subject, Formats& out) {
  const std::string record = expect_access(call, to_str(subject), "listing formats");
  for (const auto& id : read_formats(call, record)) {
    const Format format = format_of(id);
    out.emit(format.id, format.media_type, format.title);
  }
}

void AttendedPortal::fetch(Call& call, const bb_download_request& request, Content& out) {
  const bb_query& selection = plugins::selection_of(request);
  const std::string id(to_view(request.format_id));
  if (selection.kind.size != 0)
    throw Failure{BB_E_UNSUPPORTED, "downloading: a person selects by item and time, not by kind"};
  if (std::find(formats_.begin(), formats_.end(), id) == formats_.end()) {
    if (!was_open_) throw Failure{BB_E_UNAUTHENTICATED, "downloading: nobody has signed in"};
    throw Failure{BB_E_UNSUPPORTED, fmt::format("downloading: nobody is asked for the format '{}', only for {}",
                                                plain(id), join(formats_, ", "))};
  }
  const Format format = format_of(id);
  const std::string record = expect_access(call, selection.subject, "downloading");
  const bool is_own = record == session_.patient && session_.acting_for.empty();
  const std::string doing = fmt::format("download the record{} as {}",
                                        record == session_.patient ? "" : " of " + plain(record), plain(format.title));
  const std::string words = words_of(selection, request);
  const std::string of = words.empty() ? id : id + "-" + digits_of(words);
  const auto file = asking_.file_with_content(
      call,
      {question("download", is_own ? of : of + "-" + digits_of(record)), title(doing + words),
       fmt::format(
           "Press the portal's Blue Button, or what it is called there, choose {}{} and hand over the file that "
           "it gives for {}.{}",
           plain(format.title), words, plain(record), hint("download"))},
      format.accepted);
  hand_on(file,
          {.id = id,
           .kind = "document",
           .media_type = file.media_type.empty() ? format.media_type : file.media_type,
           .subject = record,
           .size = file.content.size()},
          out);
}

}  // namespace bb::attended
