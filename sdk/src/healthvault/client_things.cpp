// Things by a client: whole listings, writes that are made once, updates with a stamp.
#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/healthvault/client.hpp>
#include <bb/healthvault/thing_common.hpp>

#include "client_state.hpp"
#include "fields.hpp"

namespace bb::healthvault {
namespace {

// Asked for first where a platform says that its answer would be too long, then half of it.
constexpr std::int64_t short_page = 16;

// One query of several, and whose place its things take.
struct Asked {
  ThingQuery query;
  std::size_t place = 0;
};

std::size_t named_by(const ThingQuery& query) { return query.keys.size() + query.ids.size() + query.client_ids.size(); }

template <class T>
void halve(std::vector<T>& from, std::vector<T>& other) {
  const auto middle = from.begin() + static_cast<std::ptrdiff_t>(from.size() / 2);
  other.assign(std::make_move_iterator(middle), std::make_move_iterator(from.end()));
  from.erase(middle, from.end());
}

// HV-GET-11: something smaller to ask for; false where there is nothing smaller.
bool split(std::vector<Asked>& batch, std::vector<Asked>& rest) {
  if (batch.size() > 1) {
    halve(batch, rest);
    return true;
  }
  auto& query = batch.front().query;
  if (named_by(query) > 1 && query.filters.empty()) {
    rest = batch;
    halve(query.keys, rest.front().query.keys);
    halve(query.ids, rest.front().query.ids);
    halve(query.client_ids, rest.front().query.client_ids);
    return true;
  }
  const auto full = query.full_max.value_or(2 * short_page);
  if (full <= 1) return false;
  query.full_max = full / 2;
  return true;
}

class Listing {
 public:
  Listing(Client& client, Line& line, const Whose& whose) : client_(client), line_(line), whose_(whose) {}

  Called<std::vector<std::vector<Thing>>> run(std::vector<ThingQuery> queries) {
    things_.resize(queries.size());
    std::vector<Asked> all;
    for (std::size_t i = 0; i < queries.size(); ++i) all.push_back({std::move(queries[i]), i});
    if (!all.empty()) waiting_.push_back(std::move(all));
    while (!waiting_.empty()) {
      auto batch = std::move(waiting_.front());
      waiting_.pop_front();
      if (auto error = ask(std::move(batch))) return *std::move(error);
    }
    return std::move(things_);
  }

 private:
  std::optional<CallError> ask(std::vector<Asked> batch) {
    GetThings::Request request;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      request.groups.push_back(batch[i].query);
      request.groups.back().name = std::to_string(i);
    }
    auto answer = client_.call<GetThings>(line_, request, whose_);
    if (!answer) {
      const auto code = answer.error().code;
      std::vector<Asked> rest;
      const bool is_too_much = code == status("TOO_MANY_GROUPS_IN_QUERY") || code == status("RESPONSE_TOO_LONG");
      if (!is_too_much || (code != status("RESPONSE_TOO_LONG") && batch.size() == 1) || !split(batch, rest))
        return answer.error();
      if (!rest.empty()) waiting_.push_front(std::move(rest));
      waiting_.push_front(std::move(batch));
      return std::nullopt;
    }
    std::vector<bool> is_answered(batch.size());
    for (auto& group : answer.value().groups) {
      const auto at = std::find_if(request.groups.begin(), request.groups.end(),
                                   [&](const ThingQuery& query) { return query.name == group.name; });
      // A platform that drops the name of the only group is understood.
      const auto index = at != request.groups.end() ? static_cast<std::size_t>(at - request.groups.begin())
                         : batch.size() == 1        ? 0
                                                    : batch.size();
      if (index == batch.size() || is_answered[index])
        return broken_answer(
            fmt::format("GetThings: a group '{}' that was not asked for, or not twice", shorten(group.name, 60)));
      is_answered[index] = true;
      if (auto error = take(std::move(group), batch[index])) return error;
    }
    if (std::find(is_answered.begin(), is_answered.end(), false) != is_answered.end())
      return broken_answer(
          fmt::format("GetThings: {} groups were asked for, {} came", batch.size(), answer->groups.size()));
    return std::nullopt;
  }

  std::optional<CallError> take(ThingGroup group, const Asked& asked) {
    auto& things = things_[asked.place];
    count_ += group.things.size() + group.unprocessed.size();
    if (count_ > client_.options().things_max)
      return broken_answer(fmt::format("GetThings: more than {} things", client_.options().things_max));
    // A page without a thing that leaves as much as before would go on for ever.
    if (group.things.empty() && !group.unprocessed.empty() && group.unprocessed.size() >= asked.query.keys.size() &&
        !asked.query.keys.empty())
      return broken_answer("GetThings: things that were asked for by key came as keys again");
    for (const auto& thing : group.things)
      if (thing.key && !seen_.emplace(asked.place, to_lower(thing.key->id + " " + thing.key->version_stamp)).second)
        return broken_answer("GetThings: the thing " + thing.key->id + " came twice");
    if (auto error = keep_lost_keys(group, asked)) return error;
    std::move(group.things.begin(), group.things.end(), std::back_inserter(things));
    // HV-GET-07: the rest by key.
    std::deque<std::vector<Asked>> pages;
    const auto step = std::max<std::size_t>(
        1, asked.query.full_max ? std::min(client_.options().keys_max, static_cast<std::size_t>(*asked.query.full_max))
                                : client_.options().keys_max);
    for (std::size_t at = 0; at < group.unprocessed.size(); at += step) {
      Asked page{{.full_max = asked.query.full_max,
                  .format = asked.query.format,
                  .current_version_only = asked.query.current_version_only,
                  .intents = asked.query.intents},
                 asked.place};
      for (auto i = at; i < std::min(at + step, group.unprocessed.size()); ++i)
        page.query.keys.push_back(group.unprocessed[i].key);
      pages.push_back({std::move(page)});
    }
    waiting_.insert(waiting_.begin(), std::make_move_iterator(pages.begin()), std::make_move_iterator(pages.end()));
    return std::nullopt;
  }

  // What was changed after its key was given has another stamp by now: it is asked for by id, once.
  std::optional<CallError> keep_lost_keys(const ThingGroup& group, const Asked& asked) {
    std::vector<std::string> lost;
    for (const auto& key : asked.query.keys) {
      const auto is_it = [&](const auto& id) { return iequals(id, key.id); };
      if (std::none_of(group.things.begin(), group.things.end(),
                       [&](const Thing& thing) { return thing.key && is_it(thing.key->id); }) &&
          std::none_of(group.unprocessed.begin(), group.unprocessed.end(),
                       [&](const UnprocessedThing& thing) { return is_it(thing.key.id); })) {
        if (!lost_.emplace(asked.place, to_lower(key.id)).second)
          return broken_answer("GetThings: the thing " + key.id + " came as a key again and again, and never itself");
        lost.push_back(key.id);
      }
    }
    if (lost.empty()) return std::nullopt;
    Asked again{{.ids = std::move(lost), .format = asked.query.format, .intents = asked.query.intents}, asked.place};
    waiting_.push_front({std::move(again)});
    return std::nullopt;
  }

  Client& client_;
  Line& line_;
  const Whose& whose_;
  std::deque<std::vector<Asked>> waiting_;
  std::vector<std::vector<Thing>> things_;
  std::size_t count_ = 0;
  // By place: ids with stamps of what came, ids of what was asked for by id.
  std::set<std::pair<std::size_t, std::string>> seen_, lost_;
};

// Whether the thing's data says that this is its client-thing-id.
bool has_client_id(const Thing& thing, std::string_view id) {
  const auto element = fmt::format("<client-thing-id>{}</client-thing-id>", escape_markup(id));
  return !thing.data.empty() && thing.data.front().bytes.find(element) != std::string::npos;
}

// What a platform would refuse as no XML of its schema, without saying which thing it was.
std::optional<CallError> overlong(const Thing& thing, std::string_view client_id) {
  const auto too_long = [](std::string_view what, std::string_view text, std::size_t max) {
    const auto count = character_count(text);
    return count <= max
               ? std::nullopt
               : std::optional(own_error(fmt::format("PutThings: {} has {} characters, at most {} are taken: '{}'",
                                                     what, count, max, shorten(std::string(text), 60))));
  };
  if (auto error = too_long("a client-thing-id", client_id, client_id_length_max)) return error;
  if (auto error = too_long("a list of tags", thing.tags.value_or(""), tags_length_max)) return error;
  for (const auto& blob : thing.blobs) {
    if (auto error = too_long("the name of a blob", blob.name, blob_name_length_max)) return error;
    if (auto error = too_long("the content-type of a blob", blob.content_type, blob_content_type_length_max))
      return error;
  }
  return std::nullopt;
}

bool is_reread(const CallError& error) {
  return error.kind == CallError::Kind::refused && class_of(error.code) == StatusClass::reread;
}

}  // namespace

Called<std::vector<std::vector<Thing>>> Client::get_groups(Line& line, const Whose& whose,
                                                           std::vector<ThingQuery> queries) {
  return Listing(*this, line, whose).run(std::move(queries));
}

Called<std::vector<Thing>> Client::get_things(Line& line, const Whose& whose, const ThingQuery& query) {
  auto groups = get_groups(line, whose, {query});
  if (!groups) return groups.error();
  return std::move(groups.value().front());
}

Called<std::vector<std::optional<ThingKey>>> Client::find_things(Line& line, const Whose& whose,
                                                                 const std::vector<std::string>& client_ids) {
  std::vector<ThingQuery> queries;
  for (const auto& id : client_ids)
    queries.push_back({.client_ids = {id}, .format = ThingFormat{.sections = {"core"}, .xml = {""}}});
  auto groups = get_groups(line, whose, std::move(queries));
  if (!groups) return groups.error();
  std::vector<std::optional<ThingKey>> keys;
  for (std::size_t i = 0; i < client_ids.size(); ++i) {
    const auto& things = groups.value()[i];
    // A platform that overlooks the id and lists something else must not pass for one that stored it.
    if (!std::all_of(things.begin(), things.end(), [&](const Thing& one) { return has_client_id(one, client_ids[i]); }))
      return broken_answer(
          fmt::format("GetThings: a thing came that has not the client-thing-id '{}'", shorten(client_ids[i], 60)));
    keys.push_back(things.empty() ? std::nullopt : things.front().key);
  }
  return keys;
}

Called<std::vector<ThingKey>> Client::put_things(Line& line, const Whose& whose, const std::vector<NewThing>& things) {
  PutThings::Request request;
  std::vector<std::string> ids;
  for (const auto& [thing, id] : things) {
    if (id.empty() || !has_client_id(thing, id))
      return own_error("PutThings: a new thing needs a client-thing-id, in its data too");
    if (auto error = overlong(thing, id)) return *std::move(error);
    request.things.push_back(thing);
    ids.push_back(id);
  }
  Repeats repeats(line, state_->options);
  for (;;) {
    auto answer = call<PutThings>(line, request, whose);
    if (answer && answer->keys.size() == things.size()) return std::move(answer.value().keys);
    if (answer)
      return broken_answer(
          fmt::format("PutThings: {} things were put, {} keys came", things.size(), answer->keys.size()));
    if (!is_unanswered(answer.error()) || !repeats.next()) return answer.error();
    // HV-ENV-13: looked for before it is written again.
    auto found = find_things(line, whose, ids);
    if (!found) return answer.error();
    const auto there = std::count_if(found->begin(), found->end(), [](const auto& key) { return key.has_value(); });
    if (there == 0) continue;
    if (static_cast<std::size_t>(there) != ids.size())
      return broken_answer(fmt::format("PutThings: of {} things in one transaction {} were stored", ids.size(), there));
    std::vector<ThingKey> keys;
    for (auto& key : found.value()) keys.push_back(*std::move(key));
    return keys;
  }
}

Called<ThingKey> Client::update_thing(Line& line, const Whose& whose, const std::string& thing_id,
                                      const Change& change) {
  Repeats repeats(line, state_->options);
  for (;;) {
    const ThingQuery query{.ids = {thing_id}, .format = ThingFormat{.sections = {"core"}, .xml = {""}}};
    auto current = get_things(line, whose, query);
    if (!current) return current.error();
    if (current->empty() || !current->front().key)
      return refused_by(status("INVALID_THING"), "updating: the record has no such thing");
    const auto& thing = current->front();
    // HV-GET-10: what it lost on its way here would be lost in the record.
    if ((thing.flags.value_or(0) & flag_converted_down) != 0)
      return refused_by(status("INVALID_THING_TYPE_VERSION"),
                        fmt::format("updating: thing {} was converted down to type {}; update it in the version that "
                                    "it is stored in, which the application has to ask for",
                                    thing_id, thing.type_id));
    auto changed = change(thing);
    if (!changed) return *thing.key;
    if (auto error = overlong(*changed, {})) return *std::move(error);
    changed->key = thing.key;
    auto answer = call<PutThings>(line, {{*std::move(changed)}}, whose);
    if (answer && answer->keys.size() == 1) return std::move(answer.value().keys.front());
    if (answer) return broken_answer(fmt::format("PutThings: one thing was put, {} keys came", answer->keys.size()));
    // Unanswered: what is there now says whether it was done.
    if ((!is_reread(answer.error()) && !is_unanswered(answer.error())) || !repeats.next()) return answer.error();
  }
}

Called<Nothing> Client::remove_things(Line& line, const Whose& whose, const std::vector<ThingKey>& keys) {
  RemoveThings::Request request{keys};
  Repeats repeats(line, state_->options);
  while (!request.keys.empty()) {
    auto answer = call<RemoveThings>(line, request, whose);
    if (answer) return Nothing{};
    if (!is_unanswered(answer.error()) || !repeats.next()) return answer.error();
    ThingQuery query{.format = ThingFormat{.sections = {"core"}}};
    for (const auto& key : request.keys) query.ids.push_back(key.id);
    auto left = get_things(line, whose, query);
    if (!left) return answer.error();
    std::erase_if(request.keys, [&](const ThingKey& key) {
      return std::none_of(left->begin(), left->end(), [&](const Thing& thing) {
        return thing.key && iequals(thing.key->id, key.id) && thing.state != "Deleted";
      });
    });
  }
  return Nothing{};
}

}  // namespace bb::healthvault
