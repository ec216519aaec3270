// plugins/rest/delivery_word.hpp - what systems call the state of a delivery.
#pragma once

#include <string_view>

#include <bb/sdk/delivery.hpp>

namespace bb::rest {

// An unknown word counts as "unknown", as the ABI asks of new values.
inline bb_delivery delivery_of(std::string_view word) {
  if (word == "accepted") return BB_DELIVERY_ACCEPTED;
  if (word == "processed") return BB_DELIVERY_PROCESSED;
  if (word == "dispatched") return BB_DELIVERY_DISPATCHED;
  if (word == "failed") return BB_DELIVERY_FAILED;
  return BB_DELIVERY_UNKNOWN;
}

}  // namespace bb::rest
