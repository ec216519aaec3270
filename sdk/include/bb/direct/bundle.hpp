// bb/direct/bundle.hpp - trust bundles: the anchors of a community in one file, and
// a store that fetches them anew.
//
// Metadata in a bundle is given out and decides nothing.
// Sources: requirements DIRECT-BUNDLE; Blue Button+ Push, trust bundles; RFC 5652.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/certificate.hpp>
#include <bb/direct/trust.hpp>

namespace bb::direct {

struct Bundle {
  std::vector<Certificate> anchors;   // of any age
  std::string metadata;               // what else stands inside; empty: nothing
  std::optional<Certificate> signer;  // of a signed bundle
};

// SignedData as DER or PEM that holds certificates alone (.p7b), or one around such
// a bundle (.p7m). The signature of the latter has to lead to one of `signers` at the
// time `at` (seconds since 1970); without `signers` no signed bundle is taken.
[[nodiscard]] Result<Bundle> read_bundle(std::string_view bytes, const std::vector<Certificate>& signers,
                                         std::int64_t at);

// Those that may be used at a time: DIRECT-BUNDLE-06.
std::vector<Certificate> valid_at(const std::vector<Certificate>& anchors, std::int64_t at);

// Where a bundle comes from.
struct BundleSource {
  std::string url;
  std::vector<Certificate> signers = {};  // whose signature is believed
  bool is_signed = false;                 // a bundle without a signature is refused
  // Between fetches (DIRECT-BUNDLE-03: a longer time than a day is taken for a day),
  // and until the next try after one that failed.
  std::int64_t refresh_seconds = 24 * 3600;
  std::int64_t retry_seconds = 3600;
};

// What became of a fetch.
struct BundleReport {
  std::string url;
  std::string problem;               // why it failed: the copy before it is kept
  std::vector<Certificate> added;    // against that copy
  std::vector<Certificate> removed;  // not trusted any more (DIRECT-BUNDLE-04)
  bool is_good() const { return problem.empty(); }
};

// The bundles in use, each by its last good copy. The caller says what time it is,
// and when to look. [serial]
class BundleStore {
 public:
  explicit BundleStore(std::vector<BundleSource> sources);

  // Fetches what is due. A report that is not good is an alarm (DIRECT-BUNDLE-05-b).
  std::vector<BundleReport> refresh(Fetcher& fetcher, std::int64_t at);
  // When something will be due; the past where it is.
  std::int64_t next_due() const;
  // Of all copies, those that are valid then.
  std::vector<Certificate> anchors(std::int64_t at) const;

 private:
  struct Copy {
    BundleSource source;
    std::vector<Certificate> anchors;
    std::int64_t due = 0;
  };
  BundleReport fetch(Copy& copy, Fetcher& fetcher, std::int64_t at);

  std::vector<Copy> copies_;
};

}  // namespace bb::direct
