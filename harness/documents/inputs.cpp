#include "harness/documents/inputs.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/markup.hpp>

#include "harness/documents/kind_mail.hpp"
#include "harness/documents/kind_package.hpp"
#include "harness/documents/kinds.hpp"
#include "harness/documents/package.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;

std::string reason(const std::error_code& error) { return error.message(); }

// Below a folder that the user named.
class Walk {
 public:
  explicit Walk(Inputs& inputs) : inputs_(inputs) {}

  // The error: the folder cannot be read.
  Status folder(const fs::path& folder) {
    std::error_code failed;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed))
      if (!it->path().filename().native().starts_with('.')) entries.push_back(*it);
    if (failed) return Error{fmt::format("cannot read the folder {}: {}", folder.string(), reason(failed))};
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) add(entry);
    return {};
  }

 private:
  void add(const fs::directory_entry& entry) {
    std::error_code failed;
    const auto kind = entry.symlink_status(failed).type();
    if (kind == fs::file_type::directory) {
      if (const auto read = folder(entry.path()); !read)
        inputs_.files.push_back({.name = entry.path().string(), .is_named = false, .problem = read.error().what});
    } else if (kind == fs::file_type::regular) {
      inputs_.files.push_back({.name = entry.path().string(), .is_named = false});
    } else {
      ++inputs_.passed_over_count;
    }
  }

  Inputs& inputs_;
};

Result<std::string> read_standard_input() {
  std::string bytes;
  std::array<char, 65536> buffer;
  while (bytes.size() <= package_bytes_max) {
    const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{fmt::format("cannot read standard input: {}", std::generic_category().message(errno))};
    if (count == 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

Status add_named(const std::string& name, Inputs& inputs) {
  std::error_code failed;
  const auto kind = fs::status(name, failed).type();
  if (kind == fs::file_type::directory) return Walk(inputs).folder(name);
  if (kind == fs::file_type::regular && ::access(name.c_str(), R_OK) != 0)
    return Error{fmt::format("cannot read {}: {}", name, std::generic_category().message(errno))};
  if (kind != fs::file_type::regular) {
    // One byte is enough: the words for what it is are those of every reader.
    const auto read = read_text(name, 1);
    return read ? Error{fmt::format("cannot read {}: it changed meanwhile", name)} : read.error();
  }
  inputs.files.push_back({.name = name});
  return {};
}

// What is a document by its beginning: a tag, in any encoding that XML has.
bool looks_like_xml(std::string_view bytes) {
  if (xml::is_utf32(bytes)) return true;
  for (const std::string_view mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"})
    if (bytes.starts_with(mark)) {
      bytes.remove_prefix(mark.size());
      break;
    }
  const auto first = bytes.substr(0, 4096).find_first_not_of(std::string_view(" \t\r\n\0", 5));
  return first != std::string_view::npos && bytes[first] == '<';
}

bool is_document(std::string_view bytes) { return looks_like_xml(bytes) || kind_of(bytes) != nullptr; }

// A file that says that it is a document and holds something else is damaged, not
// another kind of file.
bool is_named_as_document(std::string_view name) {
  const auto extension = to_lower(fs::path(name).extension().string());
  constexpr std::array<std::string_view, 7> known = {".xml", ".cda", ".ccd", ".ccda", ".ccr", ".zip", ".xdm"};
  return std::find(known.begin(), known.end(), extension) != known.end();
}

// IHE XDM, ITI-32: what lies in a package beside its documents.
bool is_xdm_furniture(std::string_view name) {
  const auto parts = split(to_lower(name), '/');
  const auto& file = parts.back();
  if (file.ends_with(".xsl") || file.ends_with(".xslt")) return true;
  if (file == "index.htm" || file == "readme.txt" || file == "readme") return true;
  return file == "metadata.xml" && std::find(parts.begin(), parts.end(), "ihe_xdm") != parts.end();
}

bool is_hidden(std::string_view name) {
  const auto parts = split(name, '/');
  return std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
    return (part.size() > 1 && part.starts_with('.') && part != "..") || part == "__MACOSX";
  });
}

class InputReader {
 public:
  InputReader(const std::function<void(const Piece&)>& take, const MailSettings& settings)
      : take_(take), settings_(settings) {}

  void file(const std::string& name, std::string_view bytes, bool is_named) {
    if (is_package(bytes))
      package(name, bytes, depth_max);
    else if (is_mail(bytes))
      mail(name, bytes, depth_max);
    else if (is_named || is_document(bytes) || is_named_as_document(name))
      document(name, bytes);
    else
      ++passed_over_count_;
  }

  std::size_t passed_over_count() const { return passed_over_count_; }

 private:
  static constexpr int depth_max = 2;  // a package in a package or a mail

  void document(const std::string& name, std::string_view bytes) {
    ++document_count_;
    take_({.name = name, .bytes = bytes, .problem = {}, .failure = {}});
  }

  // Of a package or a mail.
  void inner_file(const std::string& full_name, std::string_view name, std::string_view bytes, int depth) {
    if (is_package(bytes))
      package(full_name, bytes, depth);
    else if (is_mail(bytes))
      mail(full_name, bytes, depth);
    else if (is_document(bytes) || is_named_as_document(name))
      document(full_name, bytes);
    else
      ++passed_over_count_;
  }

  void mail(const std::string& name, std::string_view bytes, int depth) {
    document(name, bytes);
    if (depth == 0) return;
    read_attachments(bytes, settings_, [&](const std::string& attached, std::string_view content) {
      inner_file(name + "!/" + attached, attached, content, depth - 1);
    });
  }

  void problem(const std::string& name, std::string_view bytes, std::string what) {
    ++document_count_;
    take_({.name = name, .bytes = bytes, .problem = std::move(what), .failure = {}});
  }

  void package(const std::string& name, std::string_view bytes, int depth) {
    if (depth == 0) return problem(name, bytes, "a package in a package in a package is not read");
    const bool is_judged = is_judged_itself(bytes);
    if (is_judged) document(name, bytes);  // and says what ends its reading
    const auto before = document_count_;
    const auto end = read_package(bytes, PackageLimits{}, [&](const PackageEntry& entry) {
      const auto full_name = name + "!/" + entry.name;
      if (is_hidden(entry.name) || is_xdm_furniture(entry.name)) return;
      if (!entry.problem.empty())
        problem(full_name, {}, entry.problem);
      else
        inner_file(full_name, entry.name, entry.bytes, depth - 1);
    });
    if (is_judged) return;
    if (end)
      problem(name, bytes, *end);
    else if (document_count_ == before)
      problem(name, bytes, "the package holds no document");
  }

  const std::function<void(const Piece&)>& take_;
  const MailSettings& settings_;
  std::size_t document_count_ = 0;
  std::size_t passed_over_count_ = 0;
};

// What is too large is not read to say so.
std::optional<std::string> too_large(const std::string& name) {
  std::error_code failed;
  const auto byte_count = fs::file_size(name, failed);
  if (failed || byte_count <= document_bytes_max) return std::nullopt;
  std::array<char, 4> beginning{};
  const auto file = open_regular_file(name);
  if (!file || std::fread(beginning.data(), 1, beginning.size(), file->get()) != beginning.size())
    return std::nullopt;  // reading it says why
  const bool is_zip = is_package({beginning.data(), beginning.size()});
  if (is_zip && byte_count <= package_bytes_max) return std::nullopt;
  return fmt::format("the {} has {} bytes, at most {} are read", is_zip ? "package" : "document", byte_count,
                     is_zip ? package_bytes_max : document_bytes_max);
}

}  // namespace

Result<Inputs> find_inputs(const std::vector<std::string>& names) {
  Inputs inputs;
  bool has_standard_input = false;
  for (const auto& name : names) {
    if (name != "-") {
      BB_CHECK(add_named(name, inputs));
      continue;
    }
    if (has_standard_input) return Error{"'-' is given twice; standard input can be read once"};
    has_standard_input = true;
    BB_TRY(auto bytes, read_standard_input());
    inputs.files.push_back({.name = "<stdin>", .bytes = std::make_shared<const std::string>(std::move(bytes))});
  }
  return inputs;
}

std::size_t read_input(const Input& input, const std::function<void(const Piece&)>& take,
                       const MailSettings& settings) {
  InputReader reader(take, settings);
  if (!input.problem.empty()) {
    take({.name = input.name, .bytes = {}, .problem = {}, .failure = input.problem});
  } else if (input.bytes != nullptr) {
    reader.file(input.name, *input.bytes, input.is_named);
  } else if (const auto problem = too_large(input.name)) {
    take({.name = input.name, .bytes = {}, .problem = *problem, .failure = {}});
  } else {
    // A file of a folder is no link when it is listed, and must not be one now.
    const auto bytes =
        input.is_named ? read_text(input.name, package_bytes_max) : read_regular_file(input.name, package_bytes_max);
    if (bytes)
      reader.file(input.name, *bytes, input.is_named);
    else
      take({.name = input.name, .bytes = {}, .problem = {}, .failure = bytes.error().what});
  }
  return reader.passed_over_count();
}

}  // namespace bb::documents
