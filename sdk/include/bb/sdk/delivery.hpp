// bb/sdk/delivery.hpp - destinations and receipts, for share and transmit.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <bb/abi/ext/delivery.h>
#include <bb/sdk/content.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

// Borrowed text. message_id is what track takes.
struct Receipt {
  bb_delivery delivery = BB_DELIVERY_UNKNOWN;
  std::string_view message_id = {};
  std::string_view recipient = {};
  std::string_view detail = {};
  std::int64_t at_unix_ns = 0;
};

// Where receipts go.
class Receipts {
 public:
  explicit Receipts(bb_receipt_sink* sink) noexcept : sink_(sink) {}
  Receipts(const Receipts&) = delete;
  Receipts& operator=(const Receipts&) = delete;

  void emit(const Receipt& receipt) {
    bb_receipt raw{};
    raw.struct_size = sizeof raw;
    raw.delivery = receipt.delivery;
    raw.message_id = to_str(receipt.message_id);
    raw.recipient = to_str(receipt.recipient);
    raw.detail = to_str(receipt.detail);
    raw.at_unix_ns = receipt.at_unix_ns;
    flow_.send([&] { return sink_->receipt(sink_, &raw); });
    ++count_;
  }
  std::uint64_t count() const noexcept { return count_; }

 private:
  bb_receipt_sink* sink_;
  detail::Flow flow_;
  std::uint64_t count_ = 0;
};

namespace detail {

// Runs a send and makes sure that every destination can have its receipt.
template <class Send>
void with_receipts(bb_receipt_sink* sink, std::uint64_t destination_count, Send&& send) {
  Receipts receipts(sink);
  std::forward<Send>(send)(receipts);
  if (receipts.count() < destination_count)
    throw std::logic_error("sent to " + std::to_string(destination_count) + " destinations, but only " +
                           std::to_string(receipts.count()) + " receipts were emitted");
}

}  // namespace detail
}  // namespace bb
