// plugins/xdr/sender.hpp - org.bluebridge.xdr.sender: hands documents over to the XDR
// endpoint of a security and trust agent.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bb/sdk/connector.hpp>
#include <bb/xdr/request.hpp>
#include <bb/xdr/response.hpp>

#include "streams/mail_sender.hpp"
#include "submission.hpp"

namespace bb::xdr_connector {

class XdrSender final : public Connector, public Transmit, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["endpoint", "from", "source_id"],
    "properties": {
      "endpoint": {"type": "string", "format": "url", "pattern": "^https://",
        "title": "Where submissions are posted"},
      "from": {"type": "string", "minLength": 3, "title": "Direct address of the sender"},
      "source_id": {"type": "string", "pattern": "^[0-2][.][0-9.]+$", "title": "OID of the system that submits"},
      "patient_id": {"type": "string", "minLength": 1, "default": "1^^^&2.25.1&ISO",
        "title": "For level XDS: the patient of the submissions, ID^^^&OID&ISO"},
      "metadata_level": {"enum": ["minimal", "XDS"], "default": "minimal"},
      "client_certificate": {"type": "string",
        "title": "Name of the secret that holds this side's certificate and key, PEM"},
      "wrong_certificate": {"type": "string",
        "title": "Name of the secret with a certificate that the other side must not take, for a probe"}}})";

  explicit XdrSender(const Context& context);

  void transmit(Call& call, const bb_outgoing& message, Receipts& out) override;
  void track_transmit(Call& call, std::string_view message_id, Receipts& out) override;
  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, bb::Content& out) override;

 private:
  // Whatever the status; throws Failure where no answer came.
  HttpResponse post(Call& call, const xdr::Packaged& packaged, const std::string& certificate) const;

  Source source_;
  xdr::MetadataLevel level_;
  std::string client_certificate_, wrong_certificate_;  // names of secrets
  Http http_;
  Clock clock_;
  Random random_;
  std::map<std::string, std::vector<plugins::KeptReceipt>> sent_;  // by message id
};

}  // namespace bb::xdr_connector
