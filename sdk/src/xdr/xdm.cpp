#include <bb/direct/xdm.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "stored_zip.hpp"

namespace bb::direct {
namespace {

constexpr std::size_t documents_max = 999;
constexpr std::size_t bytes_max = std::size_t{2} * 1024 * 1024 * 1024;
constexpr std::string_view folder = "IHE_XDM/SUBSET01/";
constexpr std::string_view submission_set = "SubmissionSet01";

// TF-3, tables 4.2.3.2 and 4.2.3.3: what an ExternalIdentifier or a Classification is of.
constexpr const char* stable_document = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1";
constexpr const char* document_unique_id = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";
constexpr const char* submission_unique_id = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8";
constexpr const char* submission_source_id = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832";
constexpr const char* submission_author = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d";
constexpr const char* submission_node = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd";

// An OID below 2.25 is a UUID in decimal (ITU-T X.667, 7); the UUID here is one of a
// name, version 5 (RFC 4122, 4.3).
std::string oid_of(const std::string& name) {
  constexpr int uuid_bytes = 16;
  const auto digest = sha1_hex("bluebridge xdm\n" + name);
  std::array<unsigned, uuid_bytes> uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i)
    uuid[i] = static_cast<unsigned>(std::stoul(digest.substr(2 * i, 2), nullptr, 16));
  uuid[6] = (uuid[6] & 0x0f) | 0x50;
  uuid[8] = (uuid[8] & 0x3f) | 0x80;
  std::string decimal;
  while (std::any_of(uuid.begin(), uuid.end(), [](unsigned byte) { return byte != 0; })) {
    unsigned rest = 0;
    for (auto& byte : uuid) {
      const auto number = rest << 8 | byte;
      byte = number / 10;
      rest = number % 10;
    }
    decimal += static_cast<char>('0' + rest);
  }
  std::reverse(decimal.begin(), decimal.end());
  return "2.25." + decimal;
}

// Names as ISO 9660 level 1 has them (TF-2, 3.32.4.1.2): "DOC001.XML".
std::string file_name(const XdmDocument& document, std::size_t index) {
  constexpr std::array<std::pair<std::string_view, const char*>, 5> endings{
      {{"xml", "XML"}, {"pdf", "PDF"}, {"html", "HTM"}, {"text/", "TXT"}, {"json", "JSN"}}};
  const auto type = to_lower(document.media_type);
  const auto found = std::find_if(endings.begin(), endings.end(),
                                  [&](const auto& one) { return type.find(one.first) != std::string::npos; });
  return fmt::format("DOC{:03}.{}", index + 1, found == endings.end() ? "BIN" : found->second);
}

std::string slot(std::string_view name, const std::vector<std::string>& values) {
  std::string text = fmt::format("<Slot name=\"{}\"><ValueList>", name);
  for (const auto& value : values) text += fmt::format("<Value>{}</Value>", escape_markup(value));
  return text + "</ValueList></Slot>\n";
}

std::string identifier(std::string_view id, std::string_view of, std::string_view scheme, std::string_view value,
                       std::string_view name) {
  return fmt::format(
      "<ExternalIdentifier id=\"{}\" registryObject=\"{}\" identificationScheme=\"{}\" value=\"{}\">"
      "<Name><LocalizedString value=\"{}\"/></Name></ExternalIdentifier>\n",
      id, of, scheme, escape_markup(value), name);
}

std::string digits_of(std::int64_t at_unix_ns) {  // TF-3, 4.2.3.1.6: YYYYMMDDhhmmss
  std::string digits;
  for (const char c : format_utc(at_unix_ns).substr(0, 19))
    if (c >= '0' && c <= '9') digits += c;
  return digits;
}

// XTN of HL7: the address alone (TF-3, 4.2.3.1.4.5).
std::string telecommunication(const Address& address) { return "^^Internet^" + address.text(); }

std::string metadata(const XdmRequest& request) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<SubmitObjectsRequest xmlns=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\">\n"
      "<RegistryObjectList xmlns=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\">\n";
  std::string members;
  for (std::size_t i = 0; i < request.documents.size(); ++i) {
    const auto& document = request.documents[i];
    const auto id = fmt::format("Document{:02}", i + 1);
    text += fmt::format("<ExtrinsicObject id=\"{}\" mimeType=\"{}\" objectType=\"{}\">\n", id,
                        escape_markup(document.media_type), stable_document);
    text += slot("hash", {sha1_hex(document.bytes)});
    text += slot("size", {std::to_string(document.bytes.size())});
    text += slot("URI", {file_name(document, i)});
    text += fmt::format("<Name><LocalizedString value=\"{}\"/></Name>\n", escape_markup(one_line(document.title)));
    text += identifier(id + "UniqueId", id, document_unique_id, oid_of(fmt::format("{}\n{}", request.name, i)),
                       "XDSDocumentEntry.uniqueId");
    text += "</ExtrinsicObject>\n";
    members += fmt::format(
        "<Association id=\"Member{:02}\" associationType=\"urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember\" "
        "sourceObject=\"{}\" targetObject=\"{}\">{}</Association>\n",
        i + 1, submission_set, id, slot("SubmissionSetStatus", {"Original"}));
  }
  std::vector<std::string> recipients;
  for (const auto& one : request.recipients) recipients.push_back("||" + telecommunication(one));
  text += fmt::format("<RegistryPackage id=\"{}\">\n", submission_set);
  text += slot("submissionTime", {digits_of(request.at_unix_ns)});
  text += slot("intendedRecipient", recipients);
  text += fmt::format(
      "<Classification id=\"Author01\" classificationScheme=\"{}\" classifiedObject=\"{}\" "
      "nodeRepresentation=\"\">{}</Classification>\n",
      submission_author, submission_set, slot("authorTelecommunication", {telecommunication(request.author)}));
  text += identifier("SourceId", submission_set, submission_source_id, oid_of(request.author.text()),
                     "XDSSubmissionSet.sourceId");
  text +=
      identifier("UniqueId", submission_set, submission_unique_id, oid_of(request.name), "XDSSubmissionSet.uniqueId");
  text += "</RegistryPackage>\n";
  text += fmt::format("<Classification id=\"IsSubmissionSet\" classifiedObject=\"{}\" classificationNode=\"{}\"/>\n",
                      submission_set, submission_node);
  return text + members + "</RegistryObjectList>\n</SubmitObjectsRequest>\n";
}

std::string index_page(const XdmRequest& request) {
  std::string items;
  for (std::size_t i = 0; i < request.documents.size(); ++i)
    items += fmt::format("<li><a href=\"{}{}\">{}</a></li>\n", folder, file_name(request.documents[i], i),
                         escape_markup(one_line(request.documents[i].title)));
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML Basic 1.1//EN\" "
      "\"http://www.w3.org/TR/xhtml-basic/xhtml-basic11.dtd\">\n"
      "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\"><head><title>Health records</title></head>\n"
      "<body><h1>Health records</h1>\n<ul>\n{}</ul>\n<p>Sent by {}</p>\n</body></html>\n",
      items, escape_markup(request.author.text()));
}

std::string read_me(const XdmRequest& request) {
  return fmt::format(
      "Health records, sent by {}.\r\n\r\nOpen INDEX.HTM with a browser: it links the documents.\r\n"
      "Programs read {}METADATA.XML (IHE XDM).\r\nMade by BlueBridge. Questions: write to the sender.\r\n",
      request.author.text(), folder);
}

}  // namespace

Result<std::string> write_xdm(const XdmRequest& request) {
  if (request.documents.empty()) return Error{"an XDM package needs a document"};
  if (request.recipients.empty()) return Error{"an XDM package needs an intended recipient"};
  std::size_t bytes = 0;
  for (const auto& document : request.documents) bytes += document.bytes.size();
  if (request.documents.size() > documents_max || bytes > bytes_max)
    return Error{fmt::format("an XDM package of {} documents and {} bytes; at most {} and {} are written",
                             request.documents.size(), bytes, documents_max, bytes_max)};
  std::vector<StoredFile> files;
  files.push_back({"INDEX.HTM", index_page(request)});
  files.push_back({"README.TXT", read_me(request)});
  files.push_back({fmt::format("{}METADATA.XML", folder), metadata(request)});
  for (std::size_t i = 0; i < request.documents.size(); ++i)
    files.push_back({fmt::format("{}{}", folder, file_name(request.documents[i], i)), request.documents[i].bytes});
  return stored_zip(files);
}

}  // namespace bb::direct
