// xdr_door.hpp - where edges hand documents over by web service (IHE XDR): for the
// portal's patients, or to be sent on by Direct.
//
// Who may come in is decided by TLS, before (http_server.hpp). Requirements: DIRECT-XDR.
#pragma once

#include <string>

#include <bb/xdr/request.hpp>
#include <bb/xdr/response.hpp>

#include "portal/defects.hpp"
#include "portal/holder.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

inline constexpr std::size_t xdr_body_bytes_max = std::size_t{32} * 1024 * 1024;

class XdrDoor {
 public:
  // `domain`: whose addresses are the portal's patients.
  XdrDoor(std::string domain, DataHolder& holder);

  // POST to /xdr; called from many threads.
  web::HttpResponse handle(const web::HttpRequest& request) const;

 private:
  xdr::Response take(const xdr::Request& request) const;
  [[nodiscard]] Status hand_over(const xdr::Request& request, const std::string& recipient) const;

  const std::string domain_;
  DataHolder& holder_;
};

}  // namespace bb::portal
