// bb/healthvault/vocabulary_methods.hpp - methods about code sets.
//
// Source: the published schemas of each method and vocab.xsd.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>

namespace bb::healthvault {

struct VocabularyKey {
  std::string name;
  std::string family = {};
  std::string version = {};
  std::string code_value = {};   // the codes behind this one
  std::string language = {};     // `xml:lang`
  std::string description = {};  // in answers alone
  friend bool operator==(const VocabularyKey&, const VocabularyKey&) = default;
};

struct VocabularyItem {
  std::string code;
  std::string display_text = {};
  std::string abbreviation = {};
  std::string info_xml = {};  // the inside of the element, byte by byte
  friend bool operator==(const VocabularyItem&, const VocabularyItem&) = default;
};

struct Vocabulary {
  std::string name;
  std::string family;
  std::string version;
  std::vector<VocabularyItem> items = {};
  std::optional<bool> is_truncated = {};
  std::string language = {};
  friend bool operator==(const Vocabulary&, const Vocabulary&) = default;
};

struct GetVocabulary {
  static constexpr std::string_view name = "GetVocabulary";
  static constexpr int latest = 2;
  struct Request {
    std::vector<VocabularyKey> keys = {};  // none: the answer lists what there is
    bool is_culture_fixed = false;
    friend bool operator==(const Request&, const Request&) = default;
  };
  // Of the two one.
  struct Answer {
    std::vector<Vocabulary> vocabularies = {};
    std::vector<VocabularyKey> keys = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct SearchVocabulary {
  static constexpr std::string_view name = "SearchVocabulary";
  static constexpr int latest = 1;
  struct Request {
    std::optional<VocabularyKey> key = {};  // none: searched are the vocabularies' names
    std::string text;
    std::string mode = {};  // "Prefix", "Contains", "FullText"
    std::optional<std::int64_t> count_max = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  // Of the two one.
  struct Answer {
    std::vector<VocabularyKey> keys = {};
    std::optional<Vocabulary> found = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

}  // namespace bb::healthvault
