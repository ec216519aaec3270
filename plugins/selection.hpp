// plugins/selection.hpp - what a request to download or share selects, as the connectors here take it.
#pragma once

#include <bb/sdk/connector.hpp>

namespace bb::plugins {

// Of a bb_download_request or bb_share_request; one without a selection selects everything.
template <class Request>
const bb_query& selection_of(const Request& request) {
  static constexpr bb_query everything{};
  return request.selection != nullptr ? *request.selection : everything;
}

}  // namespace bb::plugins
