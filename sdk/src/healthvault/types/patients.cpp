#include "patients.hpp"

#include <algorithm>

namespace bb::healthvault::types {
namespace {

constexpr std::size_t item_count_max = 1000;  // of a list

class Merge {
 public:
  Merge(std::size_t thing, std::vector<Unheld>& unheld) : thing_(thing), unheld_(unheld) {}

  void text(const char* name, std::string& there, const std::string& other) {
    if (there.empty())
      there = other;
    else if (!other.empty() && other != there)
      tell(name, other);
  }

  void date(const char* name, std::string& there, const std::string& other) {
    if (other.starts_with(there))
      there = other;
    else if (!there.starts_with(other))
      tell(name, other);
  }

  void code(const char* name, records::Code& there, const records::Code& other) {
    if (there == records::Code{})
      there = other;
    else if (other != records::Code{} && other != there)
      tell(name, records::in_words(other));
  }

  template <class Item>
  void list(const char* name, std::vector<Item>& there, const std::vector<Item>& other) {
    for (const auto& item : other) {
      if (there.size() >= item_count_max) return tell_rest(name);
      if (std::find(there.begin(), there.end(), item) == there.end()) there.push_back(item);
    }
  }

  // A city and state alone add nothing to an address that has them.
  void addresses(std::vector<records::Address>& there, const std::vector<records::Address>& other) {
    for (const auto& address : other) {
      if (there.size() >= item_count_max) return tell_rest("addresses");
      const auto says_more = [](const records::Address& more, const records::Address& less) {
        const auto holds = [](const auto& a, const auto& b) { return b.empty() || a == b; };
        return holds(more.lines, less.lines) && holds(more.city, less.city) && holds(more.state, less.state) &&
               holds(more.postal_code, less.postal_code) && holds(more.country, less.country);
      };
      if (std::any_of(there.begin(), there.end(), [&](const auto& one) { return says_more(one, address); })) continue;
      const auto less =
          std::find_if(there.begin(), there.end(), [&](const auto& one) { return says_more(address, one); });
      if (less == there.end())
        there.push_back(address);
      else
        *less = address;
    }
  }

  void tell_rest(const char* name) {
    unheld_.push_back({thing_, std::string("patient.") + name, "",
                       "there are more than " + std::to_string(item_count_max) + ", and the rest is not read"});
  }

  void tell(const char* name, const std::string& text) {
    unheld_.push_back({thing_, std::string("patient.") + name, text, "another thing says otherwise"});
  }

 private:
  std::size_t thing_;
  std::vector<Unheld>& unheld_;
};

}  // namespace

void add_patient(records::Patient& patient, const records::Patient& other, std::size_t thing,
                 std::vector<Unheld>& unheld) {
  Merge merge(thing, unheld);
  if (patient.name == records::PersonName{})
    patient.name = other.name;
  else if (other.name != records::PersonName{} && other.name != patient.name)
    merge.tell("name", other.name.full());
  merge.date("birth_date", patient.birth_date, other.birth_date);
  merge.date("death_date", patient.death_date, other.death_date);
  merge.text("gender", patient.gender, other.gender);
  merge.text("language", patient.language, other.language);
  merge.text("deceased", patient.deceased, other.deceased);
  merge.code("race", patient.race, other.race);
  merge.code("ethnicity", patient.ethnicity, other.ethnicity);
  merge.code("marital_status", patient.marital_status, other.marital_status);
  merge.list("ids", patient.ids, other.ids);
  merge.list("telecoms", patient.telecoms, other.telecoms);
  merge.list("further_races", patient.further_races, other.further_races);
  merge.addresses(patient.addresses, other.addresses);
}

}  // namespace bb::healthvault::types
