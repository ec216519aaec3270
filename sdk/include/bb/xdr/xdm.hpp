// bb/xdr/xdm.hpp - XDM packages: documents in one ZIP file with what says what they
// are, as Direct messages carry them.
//
// Sources: IHE ITI TF-2, 3.32 (the folders), TF-3, 4.2 (the metadata); XDR and XDM for
// Direct Messaging v1.0 (minimal metadata: no patient is named); requirements DIRECT-XDM.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>

namespace bb::xdr {

// What the subject of a message with a package has to contain (DIRECT-MSG-15).
inline constexpr std::string_view xdm_subject = "XDM/1.0/DDM";
inline constexpr std::string_view xdm_media_type = "application/zip";  // DIRECT-XDM-04

struct XdmDocument {
  std::string media_type;  // "text/xml"
  std::string title;       // for people
  std::string bytes;
};

struct XdmRequest {
  direct::Address author;
  std::vector<direct::Address> recipients;
  std::vector<XdmDocument> documents;
  std::string name;             // what it is unique by; the same name gives the same ids
  std::int64_t at_unix_ns = 0;  // of submission
};

// One submission set in IHE_XDM/SUBSET01, with INDEX.HTM and README.TXT. The error is of a request without documents or
// recipients, or of more than a ZIP file without extensions holds (999 documents, 2 GiB).
[[nodiscard]] Result<std::string> write_xdm(const XdmRequest& request);

}  // namespace bb::xdr
