#include "harness/documents/kind_package.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/records/pdf.hpp>
#include <bb/xml/html.hpp>

#include "harness/documents/nodes.hpp"
#include "harness/documents/package.hpp"
#include "harness/documents/zip_layout.hpp"

namespace bb::documents {
namespace {

// Of an ExternalIdentifier, ebRIM: what of a document or submission set it is.
constexpr std::string_view document_unique_id = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";
constexpr std::string_view document_patient_id = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427";
constexpr std::string_view submission_unique_id = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8";
constexpr std::string_view submission_source_id = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832";
constexpr std::string_view submission_patient_id = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446";
constexpr std::string_view request_space = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";
constexpr std::string_view object_space = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";

constexpr std::size_t index_bytes_max = 1024 * 1024;
constexpr std::size_t link_count_max = 1000;  // of INDEX.HTM

// "IHE_XDM/SUBSET01/DOC.XML" below what stands before IHE_XDM in an archive whose
// files are in a folder of their own.
std::string prefix_of(const std::vector<ZipEntry>& entries) {
  for (const auto& entry : entries) {
    const auto name = to_utf8_lossy(entry.name);
    const auto at = to_lower("/" + name).find("/ihe_xdm/");
    if (at != std::string::npos) return name.substr(0, at);
  }
  return {};
}

bool is_xdm_name(std::string_view name) {
  return to_lower("/" + std::string(name)).find("/ihe_xdm/") != std::string::npos;
}

// What follows a zero byte programs see or do not see.
bool has_zero(const ZipEntry& entry) { return entry.name.find('\0') != std::string_view::npos; }

struct File {
  std::string name;
  std::size_t size = 0;
  std::string sha1;
  std::string problem;
  bool is_blank = false;  // of white space alone
  std::string content;    // "pdf", "html", "xml" by its beginning; empty: something else
};

std::string content_of(std::string_view bytes) {
  if (records::looks_like_pdf(bytes)) return "pdf";
  if (xml::looks_like_html(bytes)) return "html";
  return trim(without_utf8_mark(bytes.substr(0, 256))).starts_with("<") ? "xml" : "";
}

// Of white space alone, in any encoding of a page.
bool is_blank(std::string_view bytes) {
  std::string encoding;
  return collapse_whitespace(xml::html_to_utf8(bytes, encoding)).empty();
}

// Of a submission set.
struct Subset {
  std::string folder;              // as it is written, from the archive's root: "IHE_XDM/SUBSET01"
  std::vector<const File*> files;  // all but the metadata
  std::string metadata_name;       // empty: there is none
  std::string metadata;
};

bool is_object(const xmlNode* node, std::string_view name) { return is_element(node, object_space, name); }

// The first value of an ebRIM slot, or nothing.
std::string slot(const xmlNode* object, std::string_view name) {
  for (const xmlNode* child = object->children; child != nullptr; child = child->next) {
    if (!is_object(child, "Slot") || attribute(child, "name") != name) continue;
    for (const xmlNode* list = child->children; list != nullptr; list = list->next)
      for (const xmlNode* value = is_object(list, "ValueList") ? list->children : nullptr; value != nullptr;
           value = value->next)
        if (is_object(value, "Value") && value->children != nullptr)
          return collapse_whitespace(view(value->children->content));
  }
  return {};
}

std::string_view identifier(const xmlNode* object, std::string_view scheme) {
  for (const xmlNode* child = object->children; child != nullptr; child = child->next)
    if (is_object(child, "ExternalIdentifier") && attribute(child, "identificationScheme") == scheme)
      return attribute(child, "value");
  return {};
}

class PackageView {
 public:
  PackageView(std::string_view bytes, std::string_view format)
      : format_(format),
        directory_(read_zip_directory(bytes).value_or(ZipDirectory{})),
        deviations_(zip_deviations(bytes, directory_)),
        prefix_(prefix_of(directory_.entries)) {
    end_ = read_package(bytes, PackageLimits{}, [&](const PackageEntry& entry) { take(entry); });
    sort_out();
  }

  // What ended the reading early.
  const std::optional<std::string>& end() const { return end_; }

  View make() {
    ViewBuilder view("package");
    view.set("format", format_);
    if (std::any_of(directory_.entries.begin(), directory_.entries.end(), has_zero)) view.set("zero_in_names", "yes");
    for (const auto& deviation : deviations_) {
      view.open("deviation", {0, 0}, to_utf8_lossy(deviation.name));
      view.set("kind", deviation.kind);
      view.set("what", deviation.what);
      view.close();
    }
    add_links(view);
    for (const auto& file : files_) add_file(view, file);
    for (const auto& [folder, subset] : subsets_) add_subset(view, subset);
    return std::move(view).take();
  }

 private:
  void take(const PackageEntry& entry) {
    files_.push_back({entry.name, entry.bytes.size(), entry.problem.empty() ? sha1_hex(entry.bytes) : "", entry.problem,
                      false, content_of(entry.bytes)});
    if (to_lower(below(entry.name)) == "index.htm" && entry.bytes.size() <= index_bytes_max) {
      index_ = entry.bytes;
      files_.back().is_blank = is_blank(entry.bytes);
    }
    const auto parts = split(below(entry.name), '/');
    if (parts.size() == 3 && to_lower(parts[0]) == "ihe_xdm" && to_lower(parts[2]) == "metadata.xml") {
      auto& subset = subset_of(entry.name);
      subset.metadata_name = entry.name;
      subset.metadata = entry.bytes;
    }
  }

  std::string below(const std::string& name) const {
    return name.starts_with(prefix_) ? name.substr(prefix_.size()) : name;
  }

  Subset& subset_of(const std::string& name) {
    const auto folder = name.substr(0, name.rfind('/'));
    auto& subset = subsets_[to_lower(folder)];
    if (subset.folder.empty()) subset.folder = folder;
    return subset;
  }

  void sort_out() {
    for (const auto& file : files_) {
      const auto parts = split(below(file.name), '/');
      if (parts.size() < 3 || to_lower(parts[0]) != "ihe_xdm" || to_lower(parts.back()) == "metadata.xml") continue;
      // A set may have folders of its own.
      const auto folder = file.name.substr(0, prefix_.size() + parts[0].size() + 1 + parts[1].size());
      auto& subset = subset_of(folder + "/");
      subset.files.push_back(&file);
    }
  }

  void add_file(ViewBuilder& view, const File& file) {
    view.open("file", {0, 0}, file.name);
    view.set("name", file.name);
    view.set("below", to_lower(below(file.name)));
    view.set("size", std::to_string(file.size));
    view.set("sha1", file.sha1);
    if (!file.problem.empty()) view.set("problem", file.problem);
    if (file.is_blank) view.set("blank", "yes");
    if (is_unsafe_name(file.name)) view.set("unsafe", "yes");
    if (!seen_.insert(to_lower(file.name)).second) view.set("repeated", "yes");
    view.close();
  }

  // What the page that people open first leads to in the package.
  void add_links(ViewBuilder& view) {
    const auto read = xml::read_html(index_);
    const auto* page = std::get_if<xml::HtmlPage>(&read);
    if (page == nullptr) return;
    std::size_t count = 0;
    const xmlNode* const root = page->document.root();
    for (const xmlNode* node = root; node != nullptr && count < link_count_max; node = xml::next_in_order(node, root)) {
      if (node->type != XML_ELEMENT_NODE || name_of(node) != "a") continue;
      const auto href = trim(attribute(node, "href"));
      const auto target = href.substr(0, href.find_first_of("?#"));
      if (target.empty() || target.find(':') != std::string_view::npos || target.starts_with("//")) continue;
      ++count;
      view.open("link", {0, 0}, prefix_ + "INDEX.HTM");
      view.set("href", href);
      if (is_there(percent_decode(target).value_or(std::string(target)))) view.set("leads", "yes");
      view.close();
    }
  }

  // A file, or a folder that holds one.
  bool is_there(std::string target) const {
    target = to_lower(replace_all(target, "\\", "/"));
    if (target.starts_with("./")) target.erase(0, 2);
    return std::any_of(files_.begin(), files_.end(), [&](const File& file) {
      const auto name = to_lower(below(file.name));
      return name == target || name.starts_with(target.ends_with('/') ? target : target + "/");
    });
  }

  void add_subset(ViewBuilder& view, const Subset& subset) {
    view.open("subset", {0, 0}, subset.folder);
    view.set("name", subset.folder.substr(subset.folder.rfind('/') + 1));
    std::set<const File*> named;
    if (!subset.metadata_name.empty()) add_metadata(view, subset, named);
    for (const auto* file : subset.files) {
      if (named.contains(file)) continue;
      view.open("unnamed", {0, 0}, file->name);
      const auto name = to_lower(file->name);
      view.set("name", file->name.substr(subset.folder.size() + 1));
      if (name.ends_with(".xsl") || name.ends_with(".xslt") || name.find("/.") != std::string::npos)
        view.set("is_furniture", "yes");
      view.close();
    }
    view.close();
  }

  void add_metadata(ViewBuilder& view, const Subset& subset, std::set<const File*>& named) {
    view.open("metadata", {0, 0}, subset.metadata_name);
    const auto read = xml::read(subset.metadata);
    if (const auto* problem = std::get_if<xml::Problem>(&read)) {
      view.set("problem", xml::describe(*problem));
    } else {
      const auto* root = std::get<xml::Document>(read).root();
      view.set("root", name_of(root));
      if (is_element(root, request_space, "SubmitObjectsRequest")) view.set("is_request", "yes");
      const auto members = members_of(root);
      for (const xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root)) {
        if (is_object(node, "ExtrinsicObject")) add_document(view, subset, node, named, members);
        if (is_object(node, "RegistryPackage") && !identifier(node, submission_unique_id).empty())
          add_submission(view, subset, node);
      }
    }
    view.close();
  }

  static void set_if(ViewBuilder& view, std::string_view name, std::string_view value) {
    if (!value.empty()) view.set(name, value);
  }

  static std::string path_of(const Subset& subset, const xmlNode* object) {
    return fmt::format("{} > {}", subset.metadata_name, attribute(object, "id"));
  }

  // The ids of what associations make members of something: a submission set has its documents so (TF-3, 4.2.2).
  static std::set<std::string_view> members_of(const xmlNode* root) {
    std::set<std::string_view> members;
    for (const xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root))
      if (is_object(node, "Association") && attribute(node, "associationType").ends_with("HasMember"))
        members.insert(attribute(node, "targetObject"));
    return members;
  }

  void add_document(ViewBuilder& view, const Subset& subset, const xmlNode* object, std::set<const File*>& named,
                    const std::set<std::string_view>& members) {
    view.open("document", {0, 0}, path_of(subset, object));
    const auto hash = to_lower(slot(object, "hash"));
    const auto uri = slot(object, "URI");
    set_if(view, "mime_type", attribute(object, "mimeType"));
    set_if(view, "unique_id", identifier(object, document_unique_id));
    set_if(view, "patient_id", identifier(object, document_patient_id));
    set_if(view, "hash", hash);
    set_if(view, "size", slot(object, "size"));
    set_if(view, "uri", uri);
    const File* file = find_file(subset, uri, hash);
    if (file != nullptr) {
      named.insert(file);
      view.set("file", file->name);
      view.set("file_size", std::to_string(file->size));
      view.set("file_sha1", file->sha1);
      set_if(view, "file_content", file->content);
    }
    if (members.contains(attribute(object, "id"))) view.set("is_member", "yes");
    view.close();
  }

  // By URI, else by hash.
  static const File* find_file(const Subset& subset, const std::string& uri, const std::string& hash) {
    const auto wanted = to_lower(uri.starts_with("./") ? uri.substr(2) : uri);
    const auto found = std::find_if(subset.files.begin(), subset.files.end(), [&](const File* file) {
      return wanted.empty() ? !hash.empty() && file->sha1 == hash
                            : to_lower(file->name.substr(subset.folder.size() + 1)) == wanted;
    });
    return found == subset.files.end() ? nullptr : *found;
  }

  static void add_submission(ViewBuilder& view, const Subset& subset, const xmlNode* object) {
    view.open("submission", {0, 0}, path_of(subset, object));
    set_if(view, "unique_id", identifier(object, submission_unique_id));
    set_if(view, "source_id", identifier(object, submission_source_id));
    set_if(view, "patient_id", identifier(object, submission_patient_id));
    set_if(view, "submission_time", slot(object, "submissionTime"));
    view.close();
  }

  std::string_view format_;
  ZipDirectory directory_;
  std::vector<ZipDeviation> deviations_;
  std::string prefix_;
  std::string index_;  // INDEX.HTM
  std::vector<File> files_;
  std::map<std::string, Subset> subsets_;  // by folder, in lower case
  std::set<std::string> seen_;
  std::optional<std::string> end_;
};

Look look_at(std::string_view bytes, std::string_view format) {
  PackageView package(bytes, format);
  Look look;
  if (package.end())
    look.findings.push_back({.rule = "package",
                             .line = 0,
                             .column = 0,
                             .message = *package.end(),
                             .expected = "a zip archive that can be read"});
  look.view = package.make();
  return look;
}

}  // namespace

bool is_judged_itself(std::string_view package) {
  const auto directory = read_zip_directory(package);
  if (!directory) return false;
  std::set<std::string> seen;
  return !zip_deviations(package, *directory).empty() ||
         std::any_of(directory->entries.begin(), directory->entries.end(), [&](const ZipEntry& entry) {
           return has_zero(entry) || is_xdm_name(entry.name) || is_unsafe_name(entry.name) ||
                  (!entry.name.ends_with('/') && !seen.insert(to_lower(entry.name)).second);
         });
}

bool is_xdm(std::string_view bytes) {
  if (!is_package(bytes)) return false;
  const auto directory = read_zip_directory(bytes).value_or(ZipDirectory{});
  return std::any_of(directory.entries.begin(), directory.entries.end(),
                     [](const ZipEntry& entry) { return is_xdm_name(entry.name); });
}

Look look_at_xdm(std::string_view bytes, Rules&) { return look_at(bytes, "xdm"); }

Look look_at_zip(std::string_view bytes, Rules&) { return look_at(bytes, "zip"); }

}  // namespace bb::documents
