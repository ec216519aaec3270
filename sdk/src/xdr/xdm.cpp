#include <bb/xdr/xdm.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/xdr/write_objects.hpp>
#include <bb/xdr/zip_file.hpp>

namespace bb::xdr {
namespace {

constexpr std::size_t documents_max = 999;
constexpr std::size_t bytes_max = std::size_t{2} * 1024 * 1024 * 1024;
constexpr std::string_view folder = "IHE_XDM/SUBSET01/";
// Names as ISO 9660 level 1 has them (TF-2, 3.32.4.1.2): "DOC001.XML".
std::string file_name(const XdmDocument& document, std::size_t index) {
  constexpr std::array<std::pair<std::string_view, const char*>, 5> endings{
      {{"xml", "XML"}, {"pdf", "PDF"}, {"html", "HTM"}, {"text/", "TXT"}, {"json", "JSN"}}};
  const auto type = to_lower(document.media_type);
  const auto found = std::find_if(endings.begin(), endings.end(),
                                  [&](const auto& one) { return type.find(one.first) != std::string::npos; });
  return fmt::format("DOC{:03}.{}", index + 1, found == endings.end() ? "BIN" : found->second);
}

std::string metadata(const XdmRequest& request) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < request.documents.size(); ++i) {
    const auto& document = request.documents[i];
    documents.push_back({fmt::format("Document{:02}", i + 1),
                         {{"mimeType", document.media_type},
                          {"hash", sha1_hex(document.bytes)},
                          {"size", std::to_string(document.bytes.size())},
                          {"URI", file_name(document, i)},
                          {"title", one_line(document.title)},
                          {"uniqueId", oid_of(fmt::format("document {}\n{}", i, request.name))}},
                         ""});
  }
  std::vector<std::string> recipients;
  for (const auto& one : request.recipients) recipients.push_back(one.text());
  const SubmissionSet set{{{"submissionTime", dtm_of(request.at_unix_ns)},
                           {"intendedRecipient", intended_recipients(recipients)},
                           {"authorTelecommunication", telecommunication(request.author.text())},
                           {"sourceId", oid_of(request.author.text())},
                           {"uniqueId", oid_of("set " + request.name)}}};
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + write_objects(set, documents) + "\n";
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
  std::vector<ZipFile> files;
  files.push_back({"INDEX.HTM", index_page(request)});
  files.push_back({"README.TXT", read_me(request)});
  files.push_back({fmt::format("{}METADATA.XML", folder), metadata(request)});
  for (std::size_t i = 0; i < request.documents.size(); ++i)
    files.push_back({fmt::format("{}{}", folder, file_name(request.documents[i], i)), request.documents[i].bytes});
  return write_zip(files);
}

}  // namespace bb::xdr
