// portal/cms/fhir_part.hpp - /vN/fhir and /vN/connect/userinfo of one version: what a token lets an application read.
//
// Read only (FHIR-BB2-26). Source: views and permissions of the Blue Button web server (FHIR-BB2-02, -03, -15 to -20,
// -22).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portal/cms/addresses.hpp"
#include "portal/cms/payer_data.hpp"
#include "portal/holder.hpp"
#include "portal/smart/access_tokens.hpp"
#include "web/http_message.hpp"

namespace bb::portal::cms {

// [any thread]
class FhirPart {
 public:
  using FindToken = std::function<std::optional<TokenAccess>(std::string_view bearer)>;
  // `data` is asked for when it is first needed.
  using FindData = std::function<const PayerData&()>;
  FhirPart(DataHolder& holder, Addresses addresses, FindToken find_token, FindData data)
      : holder_(holder), addresses_(std::move(addresses)), find_token_(std::move(find_token)), data_(std::move(data)) {}

  // `path`: behind /vN/fhir.
  web::HttpResponse handle(const web::HttpRequest& request, const std::vector<std::string>& path);
  web::HttpResponse userinfo(const web::HttpRequest& request);

 private:
  web::HttpResponse search(const web::HttpRequest& request, const std::string& type, const TokenAccess& access);
  web::HttpResponse read(const web::HttpRequest& request, const std::string& type, const std::string& id,
                         const TokenAccess& access);
  web::HttpResponse insurance_card(const web::HttpRequest& request, const TokenAccess& access);
  web::HttpResponse error(int status, std::string_view detail) const;
  web::HttpResponse unauthorized() const;
  bool may(const TokenAccess& access, const std::string& type, char right) const;
  void log(const TokenAccess& access, std::string_view action, const std::string& what);

  DataHolder& holder_;
  const Addresses addresses_;
  const FindToken find_token_;
  const FindData data_;
};

}  // namespace bb::portal::cms
