#include "harness/documents/kinds.hpp"

#include <algorithm>
#include <array>

#include <bb/fhir/element.hpp>
#include <bb/records/pdf.hpp>
#include <bb/xml/html.hpp>

#include "harness/documents/kind_certificate.hpp"
#include "harness/documents/kind_fhir.hpp"
#include "harness/documents/kind_html.hpp"
#include "harness/documents/kind_mail.hpp"
#include "harness/documents/kind_package.hpp"
#include "harness/documents/kind_pdf.hpp"
#include "harness/documents/kind_text.hpp"
#include "harness/documents/package.hpp"

namespace bb::documents {
namespace {

// The first that knows a file has it.
constexpr std::array kinds{
    Kind{"xdm", is_xdm, look_at_xdm},
    Kind{"zip", is_package, look_at_zip},
    Kind{"direct-message", is_direct_message, look_at_mail},
    Kind{"mdn", is_disposition_notification, look_at_mail},
    Kind{"dsn", is_delivery_status, look_at_mail},
    Kind{"mail", is_mail, look_at_mail},
    Kind{"certificate", is_certificate, look_at_certificate},
    Kind{"trust-bundle", is_trust_bundle, look_at_trust_bundle},
    Kind{"pkcs7", is_cms, look_at_cms},
    Kind{"pdf", records::looks_like_pdf, look_at_pdf},
    Kind{"fhir-ndjson", fhir::looks_like_ndjson, look_at_ndjson},
    Kind{"fhir-r4", fhir::looks_like_fhir, look_at_fhir},
    Kind{"html", xml::looks_like_html, look_at_html},
    Kind{"va-text", is_va_text, look_at_va_text},
    Kind{"cms-text", is_cms_text, look_at_cms_text},
    Kind{"text", is_key_value_text, look_at_key_value_text},
};

}  // namespace

const Kind* kind_of(std::string_view bytes) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& kind) { return kind.is_it(bytes); });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace bb::documents
