// portal/pull/document_api.hpp - what an application of Blue Button+ Pull reads: the summary, and documents that it
// searches for.
//
// Source: Blue Button+ Pull drafts, 2013 (BBP-PULL-34, -37, -38, -50 to -58).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "portal/holder.hpp"
#include "portal/pull/addresses.hpp"
#include "portal/pull/documents.hpp"
#include "portal/smart/access_tokens.hpp"
#include "web/http_message.hpp"

namespace bb::portal::pull {

// [any thread]
class DocumentApi {
 public:
  DocumentApi(DataHolder& holder, Addresses addresses, const AccessTokens& access_tokens, Clock clock)
      : holder_(holder),
        addresses_(std::move(addresses)),
        access_tokens_(access_tokens),
        clock_(std::move(clock)),
        started_ns_(clock_()) {}

  // GET, with "Authorization: Bearer"; `id` is what stands behind the address of documents.
  web::HttpResponse summary(const web::HttpRequest& request);
  web::HttpResponse search(const web::HttpRequest& request);
  web::HttpResponse document(const web::HttpRequest& request, const std::string& id);

 private:
  // Whose record the request's token with this scope opens; else the refusal.
  std::optional<web::HttpResponse> admit(const web::HttpRequest& request, std::string_view scope,
                                         TokenAccess& into) const;
  void log(const TokenAccess& access, std::string_view action, const std::string& what);

  DataHolder& holder_;
  Addresses addresses_;
  const AccessTokens& access_tokens_;
  Clock clock_;
  std::int64_t started_ns_;
};

}  // namespace bb::portal::pull
