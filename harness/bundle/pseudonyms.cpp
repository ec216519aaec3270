#include "harness/bundle/pseudonyms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/signing.hpp>

namespace bb::bundle {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t value_bytes_max = 300;
// Shorter ones are looked for as words of their own only.
constexpr std::size_t inside_letters_min = 5;
constexpr std::size_t separators_max = 4;

// Words that stand beside names and for roles, and say nothing of a person.
constexpr std::array<std::string_view, 42> said_of_anybody = {
    "mr",    "mrs",  "ms",       "dr",      "jr",      "sr",     "ii",    "iii",       "iv",       "md",     "phd",
    "rn",    "none", "null",     "unknown", "patient", "person", "self",  "caregiver", "guardian", "parent", "user",
    "admin", "test", "stranger", "home",    "work",    "mobile", "male",  "female",    "other",    "true",   "false",
    "yes",   "no",   "street",   "road",    "avenue",  "box",    "usual", "official",  "http"};

constexpr std::array<std::string_view, 12> months = {"january",   "february", "march",    "april",
                                                     "may",       "june",     "july",     "august",
                                                     "september", "october",  "november", "december"};

bool is_said_of_anybody(std::string_view text) {
  return std::find(said_of_anybody.begin(), said_of_anybody.end(), to_lower(text)) != said_of_anybody.end();
}

bool is_digit(std::uint32_t letter) { return letter >= '0' && letter <= '9'; }

std::vector<std::uint32_t> folded(std::string_view word) {
  std::vector<std::uint32_t> letters;
  for (const auto& letter : letters_of(word, Writing::plain))
    if (letter.folded != 0) letters.push_back(letter.folded);
  return letters;
}

// The words of a value as they are written, without what stands between.
std::vector<std::string> split_words(std::string_view value) {
  std::vector<std::string> words;
  bool is_open = false;
  for (const auto& letter : letters_of(value, Writing::plain)) {
    if (letter.folded == 0) {
      is_open = false;
      continue;
    }
    if (!is_open) words.emplace_back();
    is_open = true;
    words.back().append(value.substr(letter.begin, letter.end - letter.begin));
  }
  return words;
}

// A date as the words that it is written with.
struct DateWords {
  std::string y, yy, m, mm, d, dd, month, mon;
};

DateWords words_of_date(std::chrono::year_month_day date) {
  const auto month = static_cast<unsigned>(date.month());
  const auto day = static_cast<unsigned>(date.day());
  DateWords words;
  words.y = fmt::format("{:04}", static_cast<int>(date.year()));
  words.yy = words.y.substr(2);
  words.m = fmt::format("{}", month);
  words.mm = fmt::format("{:02}", month);
  words.d = fmt::format("{}", day);
  words.dd = fmt::format("{:02}", day);
  words.month = months[month - 1];
  words.mon = words.month.substr(0, 3);
  return words;
}

std::string bytes_of(const std::vector<std::uint32_t>& letters) {
  std::string bytes;
  for (const auto letter : letters) bytes += fmt::format("{:x} ", letter);
  return bytes;
}

}  // namespace

Pseudonyms::Pseudonyms() : key_(random_bytes(key_bytes)) {}
Pseudonyms::~Pseudonyms() { wipe(key_); }

// Two values never get one pseudonym, nor one that is another's value.
std::string Pseudonyms::pseudonym_of(const std::vector<std::uint32_t>& letters) {
  if (const auto found = words_.find(letters); found != words_.end()) return found->second;
  const std::string value = bytes_of(letters);
  std::string name;
  for (int turn = 0;; ++turn) {
    name.clear();
    std::string bytes;
    for (std::size_t i = 0; i < letters.size(); ++i) {
      if (i % key_bytes == 0)
        bytes +=
            healthvault::mac(healthvault::MacAlgorithm::hmac_sha256, key_, fmt::format("{}/{}/{}", value, turn, i));
      const auto byte = static_cast<unsigned char>(bytes[i]);
      name += is_digit(letters[i]) ? static_cast<char>('0' + byte % 10) : static_cast<char>('a' + byte % 26);
    }
    const bool is_another = folded(name) != letters && !words_.contains(folded(name));
    // Of one or two letters there are not enough for all.
    if ((is_another && taken_.insert(name).second) || turn > 1000) break;
  }
  words_.emplace(letters, name);
  return name;
}

std::vector<Pseudonyms::Word> Pseudonyms::words_of(std::string_view value) {
  std::vector<Word> words;
  for (const auto& text : split_words(value)) {
    auto letters = folded(text);
    auto name = is_said_of_anybody(text) ? to_lower(text) : pseudonym_of(letters);
    words.push_back({std::move(letters), std::move(name)});
  }
  return words;
}

void Pseudonyms::add(std::vector<Word> words, Kind kind) {
  Pattern pattern;
  pattern.is_digits = true;
  std::vector<std::vector<std::uint32_t>> letters;
  for (const auto& word : words) {
    pattern.letter_count += word.letters.size();
    pattern.is_digits = pattern.is_digits && std::all_of(word.letters.begin(), word.letters.end(), is_digit);
    letters.push_back(word.letters);
  }
  if (pattern.letter_count < 2 || !known_.insert(std::move(letters)).second) return;
  pattern.is_date = kind == Kind::date;
  pattern.is_date_whole = pattern.is_date && words.size() == 1;
  pattern.words = std::move(words);
  auto& beside = by_first_[pattern.words.front().letters.front()];
  const auto place = std::find_if(beside.begin(), beside.end(), [&](std::size_t other) {
    return patterns_[other].letter_count < pattern.letter_count;
  });
  beside.insert(place, patterns_.size());
  patterns_.push_back(std::move(pattern));
}

void Pseudonyms::learn_name(std::string_view name) {
  if (name.size() > value_bytes_max) return;
  auto words = words_of(name);
  for (const auto& word : words)
    if (word.letters.size() > 1 && !is_said_of_anybody(word.stands_for_it)) add({word});
  if (words.size() > 1) add(std::move(words));
}

void Pseudonyms::learn_value(std::string_view value) {
  if (value.size() > value_bytes_max || is_said_of_anybody(value)) return;
  add(words_of(value));
}

void Pseudonyms::add_date(const std::vector<std::string>& words, const std::vector<std::string>& fake) {
  std::vector<Word> parts;
  for (std::size_t i = 0; i < words.size(); ++i) parts.push_back({folded(words[i]), fake[i]});
  add(std::move(parts), Kind::date);
}

void Pseudonyms::learn_date(std::string_view date) {
  std::string digits;
  for (const char c : date.substr(0, date.find('T')))
    if (c >= '0' && c <= '9') digits += c;
  if (digits.size() < 8) return;
  const auto number = [&](std::size_t at, std::size_t count) { return std::stoi(digits.substr(at, count)); };
  using namespace std::chrono;
  const year_month_day real{year(number(0, 4)), month(static_cast<unsigned>(number(4, 2))),
                            day(static_cast<unsigned>(number(6, 2)))};
  if (!real.ok()) return;
  const auto code = healthvault::mac(healthvault::MacAlgorithm::hmac_sha256, key_, "date/" + digits.substr(0, 8));
  const int shift = 400 + static_cast<unsigned char>(code[0]) * 12 + static_cast<unsigned char>(code[1]) % 12;
  const auto was = words_of_date(real);
  const auto is = words_of_date(year_month_day{sys_days(real) - days(shift)});
  add_date({was.y + was.mm + was.dd}, {is.y + is.mm + is.dd});
  add_date({was.mm + was.dd + was.y}, {is.mm + is.dd + is.y});
  const auto add_all = [&](std::initializer_list<std::string DateWords::*> parts) {
    std::vector<std::string> words, fake;
    for (const auto part : parts) {
      words.push_back(was.*part);
      fake.push_back(is.*part);
    }
    add_date(words, fake);
  };
  add_all({&DateWords::y, &DateWords::mm, &DateWords::dd});
  add_all({&DateWords::y, &DateWords::m, &DateWords::d});
  add_all({&DateWords::mm, &DateWords::dd, &DateWords::y});
  add_all({&DateWords::m, &DateWords::d, &DateWords::y});
  add_all({&DateWords::dd, &DateWords::mm, &DateWords::y});
  add_all({&DateWords::d, &DateWords::m, &DateWords::y});
  add_all({&DateWords::mm, &DateWords::dd, &DateWords::yy});
  add_all({&DateWords::dd, &DateWords::mm, &DateWords::yy});
  // Of a health record platform: <y>1970</y><m>5</m><d>1</d>.
  add_date({"y", was.y, "y", "m", was.m, "m", "d", was.d, "d"}, {"y", is.y, "y", "m", is.m, "m", "d", is.d, "d"});
  for (const auto named : {&DateWords::month, &DateWords::mon})
    for (const auto numbered : {&DateWords::dd, &DateWords::d}) {
      add_all({numbered, named, &DateWords::y});
      add_all({named, numbered, &DateWords::y});
      add_all({&DateWords::y, named, numbered});
    }
}

bool Pseudonyms::match(const Pattern& pattern, const std::vector<Letter>& letters, std::size_t at,
                       std::vector<Place>& places) const {
  places.clear();
  std::size_t next = at;
  for (std::size_t w = 0; w < pattern.words.size(); ++w) {
    const auto& word = pattern.words[w];
    for (std::size_t i = 0; i < word.letters.size(); ++i) {
      const bool may_be_parted =
          !places.empty() && (i == 0 || (pattern.is_digits && !pattern.is_date && pattern.letter_count >= 6));
      const std::size_t first = next;
      while (may_be_parted && next < letters.size() && letters[next].folded == 0 && next - first < separators_max)
        ++next;
      // 1 5 1970 is not found in 151970.
      if (pattern.is_date && !places.empty() && i == 0 && next == first) return false;
      if (next >= letters.size() || letters[next].folded != word.letters[i]) return false;
      places.push_back({w, i, next++});
    }
  }
  const Letter* before = at > 0 ? &letters[at - 1] : nullptr;
  const Letter* after = next < letters.size() ? &letters[next] : nullptr;
  const bool starts_digit = is_digit(pattern.words.front().letters.front());
  const bool ends_digit = is_digit(pattern.words.back().letters.back());
  if (starts_digit && before != nullptr && before->is_digit) return false;
  if (ends_digit && after != nullptr && after->is_digit && !pattern.is_date_whole) return false;
  if (pattern.letter_count >= inside_letters_min) return true;
  const auto is_letter = [](const Letter* letter) {
    return letter != nullptr && letter->folded != 0 && !letter->is_digit;
  };
  return !(is_letter(before) && !starts_digit) && !(is_letter(after) && !ends_digit);
}

const Pseudonyms::Pattern* Pseudonyms::find(const std::vector<Letter>& letters, std::size_t at,
                                            std::vector<Place>& places) const {
  if (letters[at].folded == 0) return nullptr;
  const auto beside = by_first_.find(letters[at].folded);
  if (beside == by_first_.end()) return nullptr;
  for (const auto index : beside->second)
    if (match(patterns_[index], letters, at, places)) return &patterns_[index];
  return nullptr;
}

bool Pseudonyms::finds(std::string_view text, Writing writing) const {
  const auto letters = letters_of(text, writing);
  std::vector<Place> places;
  for (std::size_t at = 0; at < letters.size(); ++at)
    if (find(letters, at, places) != nullptr) return true;
  return false;
}

std::string Pseudonyms::masked(std::string_view text, Writing writing) const {
  const auto letters = letters_of(text, writing);
  std::string out;
  std::size_t copied = 0;  // bytes of the text
  std::vector<Place> places;
  for (std::size_t at = 0; at < letters.size();) {
    const Pattern* const pattern = find(letters, at, places);
    if (pattern == nullptr) {
      ++at;
      continue;
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Place& place = places[i];
      const Letter& letter = letters[place.at];
      out.append(text.substr(copied, letter.begin - copied));
      copied = letter.end;
      const std::string& name = pattern->words[place.word].stands_for_it;
      const bool is_last = place.letter + 1 == pattern->words[place.word].letters.size();
      // A fake month may have more letters than the real one, or fewer.
      const std::size_t from = std::min(place.letter, name.size());
      const std::size_t to = is_last ? name.size() : std::min(from + 1, name.size());
      for (const char c : std::string_view(name).substr(from, to - from))
        out += letter.is_upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
    }
    at = places.back().at + 1;
  }
  return out.append(text.substr(copied));
}

}  // namespace bb::bundle
