// A client's things and blobs: whole listings, writes that are made once, bytes that arrive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include <bb/healthvault/blob.hpp>

#include "scripted_platform.hpp"

namespace bb::test {
namespace {

using Kind = hv::CallError::Kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view weight = "3d34d87e-7fc1-4153-800f-f56592cb0d17";

hv::Thing thing_of(int number) {
  hv::Thing thing;
  thing.key = {guid(number), guid(1000 + number)};
  thing.type_id = weight;
  thing.type_name = "Weight";
  thing.state = "Active";
  thing.flags = 0;
  thing.effective_date = "2014-01-31T12:00:00Z";
  return thing;
}

hv::NewThing new_thing(const std::string& client_id) {
  hv::NewThing made;
  made.thing.type_id = weight;
  made.thing.data = {{"<weight/><common><client-thing-id>" + client_id + "</client-thing-id></common>"}};
  made.client_id = client_id;
  return made;
}

int number_of(const std::string& id) { return std::stoi(id.substr(24)); }

class HealthVaultClientThingsTest : public ::testing::Test {
 protected:
  // A record of the things 1 to `count`, in full up to `full` a group, to at most `groups` groups.
  void serve(int count, int full, std::size_t groups_max = 100, std::size_t things_max = 1000) {
    platform.methods["GetThings"] = [=](const Asked& asked) {
      const auto request = hv::read_request_info<hv::GetThings>(asked.info).value();
      if (request.groups.size() > groups_max) return ScriptedPlatform::refusal(53);
      hv::GetThings::Answer answer;
      std::size_t sent = 0;
      for (const auto& query : request.groups) {
        std::vector<int> wanted;
        for (const auto& key : query.keys) wanted.push_back(number_of(key.id));
        for (const auto& id : query.ids) wanted.push_back(number_of(id));
        if (wanted.empty()) {
          wanted.resize(static_cast<std::size_t>(count));
          std::iota(wanted.begin(), wanted.end(), 1);
        }
        hv::ThingGroup group{.name = query.name};
        const auto full_max = static_cast<std::size_t>(std::min<std::int64_t>(query.full_max.value_or(full), full));
        for (const int number : wanted) {
          if (group.things.size() < full_max) {
            group.things.push_back(thing_of(number));
            continue;
          }
          const auto thing = thing_of(number);
          group.unprocessed.push_back({*thing.key, thing.type_id, "Weight", thing.effective_date, {}});
        }
        sent += group.things.size();
        answer.groups.push_back(std::move(group));
      }
      if (sent > things_max) return ScriptedPlatform::refusal(71);
      return ScriptedPlatform::answer<hv::GetThings>(answer);
    };
  }
  static std::vector<int> numbers(const std::vector<hv::Thing>& things) {
    std::vector<int> all;
    for (const auto& thing : things) all.push_back(number_of(thing.key->id));
    return all;
  }
  static hv::ThingQuery weights() {
    return {.filters = {{.type_ids = {std::string(weight)}}}, .format = hv::ThingFormat{.sections = {"core"}}};
  }
  static std::vector<int> up_to(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 1);
    return all;
  }

  ScriptedPlatform platform;
  ScriptedLine line{platform};
  hv::Client client{
      {.platform_url = std::string(ScriptedPlatform::platform_url), .app_id = std::string(app_id), .keys_max = 4}};
  const hv::Whose alice{.person_id = std::string(person_id), .record_id = std::string(record_id)};
};

TEST_F(HealthVaultClientThingsTest, FetchesWhatCameAsKeysAlone) {
  // HV-GET-07: max-full="3" with 8 items gives 8 items.
  serve(8, 3);
  const auto things = client.get_things(line, alice, weights());
  ASSERT_TRUE(things) << things.error().what;
  EXPECT_EQ(numbers(*things), up_to(8));
  for (int count : {0, 1, 3, 4}) {
    serve(count, 3);
    EXPECT_EQ(numbers(*client.get_things(line, alice, weights())), up_to(count));
  }
}

TEST_F(HealthVaultClientThingsTest, EndsWhereKeysComeAsKeysAgain) {
  serve(8, 0);
  EXPECT_EQ(client.get_things(line, alice, weights()).error().kind, Kind::broken);
}

TEST_F(HealthVaultClientThingsTest, EndsWhereTheSameComesAgainAndAgain) {
  // A key beside each page: of the same thing for ever; of one that is there by id, and not by its key.
  const auto with_key = [](hv::ThingGroup group) {
    const auto thing = thing_of(1);
    group.unprocessed = {{*thing.key, thing.type_id, "Weight", thing.effective_date, {}}};
    return ScriptedPlatform::answer<hv::GetThings>({{group}});
  };
  platform.methods["GetThings"] = [&](const Asked&) { return with_key({.name = "0", .things = {thing_of(1)}}); };
  EXPECT_THAT(client.get_things(line, alice, weights()).error().what, HasSubstr("came twice"));
  EXPECT_EQ(platform.count("GetThings"), 2u);
  platform.methods["GetThings"] = [&](const Asked& asked) {
    const auto query = hv::read_request_info<hv::GetThings>(asked.info)->groups.at(0);
    return query.keys.empty() ? with_key({.name = "0"}) : ScriptedPlatform::answer<hv::GetThings>({{{.name = "0"}}});
  };
  EXPECT_THAT(client.get_things(line, alice, weights()).error().what, HasSubstr("never itself"));
  EXPECT_EQ(platform.count("GetThings"), 2u + 4u);
}

TEST_F(HealthVaultClientThingsTest, AsksByIdForWhatWasChangedSinceItsKeyCame) {
  platform.methods["GetThings"] = [](const Asked& asked) {
    const auto query = hv::read_request_info<hv::GetThings>(asked.info)->groups.at(0);
    hv::ThingGroup group{.name = query.name};
    const auto thing = thing_of(1);
    if (!query.ids.empty()) group.things = {thing};
    if (query.ids.empty() && query.keys.empty())
      group.unprocessed = {{{thing.key->id, guid(7)}, thing.type_id, "Weight", thing.effective_date, {}}};
    return ScriptedPlatform::answer<hv::GetThings>({{group}});
  };
  EXPECT_EQ(numbers(*client.get_things(line, alice, weights())), up_to(1));
}

TEST_F(HealthVaultClientThingsTest, SplitsGroupsAndAnswersThatAreTooMany) {
  serve(3, 100, 2);
  const auto groups = client.get_groups(line, alice, std::vector<hv::ThingQuery>(5, weights()));
  ASSERT_TRUE(groups) << groups.error().what;
  ASSERT_EQ(groups->size(), 5u);
  for (const auto& group : *groups) EXPECT_EQ(numbers(group), up_to(3));
  serve(40, 100, 2, 3);
  auto things = client.get_things(line, alice, weights());
  ASSERT_TRUE(things) << things.error().what;
  EXPECT_EQ(numbers(*things), up_to(40));
  serve(3, 100, 0);
  EXPECT_EQ(client.get_things(line, alice, weights()).error().code, 53);
  serve(3, 100, 2, 0);
  EXPECT_EQ(client.get_things(line, alice, weights()).error().code, 71);
}

TEST_F(HealthVaultClientThingsTest, RefusesAnswersOfAnotherQuestion) {
  platform.methods["GetThings"] = [](const Asked&) { return ScriptedPlatform::answer<hv::GetThings>({}); };
  EXPECT_EQ(client.get_things(line, alice, weights()).error().kind, Kind::broken);
}

TEST_F(HealthVaultClientThingsTest, PutsAThingOnceThoughItsAnswerIsLost) {
  // HV-ENV-13: what was stored is found by its client id.
  std::map<std::string, int> stored;
  platform.methods["PutThings"] = [&](const Asked& asked) {
    const auto request = hv::read_request_info<hv::PutThings>(asked.info).value();
    EXPECT_THAT(request.things.at(0).data.at(0).bytes, HasSubstr("<client-thing-id>k-1</client-thing-id>"));
    ++stored["k-1"];
    return ScriptedPlatform::lost();
  };
  platform.methods["GetThings"] = [&](const Asked& asked) {
    const auto query = hv::read_request_info<hv::GetThings>(asked.info)->groups.at(0);
    hv::ThingGroup group{.name = query.name};
    if (stored.contains(query.client_ids.at(0))) group.things = {thing_of(1)};
    for (auto& thing : group.things) thing.data = new_thing("k-1").thing.data;
    return ScriptedPlatform::answer<hv::GetThings>({{group}});
  };
  const auto keys = client.put_things(line, alice, {new_thing("k-1")});
  ASSERT_TRUE(keys) << keys.error().what;
  EXPECT_EQ(keys->front().id, guid(1));
  EXPECT_EQ(stored["k-1"], 1);
}

TEST_F(HealthVaultClientThingsTest, TakesNoOtherThingForTheOneThatItLooksFor) {
  // A platform that overlooks client-thing-id lists what there is.
  for (const auto& data : {decltype(hv::Thing::data){}, new_thing("k-10").thing.data}) {
    platform.methods["GetThings"] = [&](const Asked&) {
      auto thing = thing_of(1);
      thing.data = data;
      return ScriptedPlatform::answer<hv::GetThings>({{{.name = "0", .things = {thing}}}});
    };
    const auto found = client.find_things(line, alice, {"k-1"});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, Kind::broken);
    EXPECT_THAT(found.error().what, HasSubstr("has not the client-thing-id 'k-1'"));
  }
}

TEST_F(HealthVaultClientThingsTest, PutsNothingThatCouldNotBeFoundAgain) {
  auto thing = new_thing("k-1");
  thing.client_id = "k-2";
  EXPECT_EQ(client.put_things(line, alice, {thing}).error().kind, Kind::own);
  EXPECT_EQ(client.put_things(line, alice, {{}}).error().kind, Kind::own);
  EXPECT_TRUE(platform.seen.empty());
}

TEST_F(HealthVaultClientThingsTest, PutsAThingAgainThatWasNotStored) {
  serve(0, 10);
  platform.methods["PutThings"] = [calls = 0](const Asked&) mutable {
    if (++calls == 1) return hv::Reply{500, {}, {}};
    return ScriptedPlatform::answer<hv::PutThings>({{{guid(1), guid(2)}}});
  };
  EXPECT_TRUE(client.put_things(line, alice, {new_thing("k-1")}));
  EXPECT_EQ(platform.count("PutThings"), 2u);
  platform.methods["PutThings"] = [](const Asked&) { return ScriptedPlatform::lost(); };
  EXPECT_EQ(client.put_things(line, alice, {new_thing("k-1")}).error().kind, Kind::unanswered);
  EXPECT_EQ(platform.count("PutThings"), 2u + 4u);
}

TEST_F(HealthVaultClientThingsTest, ReadsAgainWhereSomebodyElseWasQuicker) {
  serve(1, 10);
  std::vector<std::string> stamps;
  platform.methods["PutThings"] = [&](const Asked& asked) {
    stamps.push_back(hv::read_request_info<hv::PutThings>(asked.info)->things.at(0).key->version_stamp);
    if (stamps.size() == 1) return ScriptedPlatform::refusal(61);
    return ScriptedPlatform::answer<hv::PutThings>({{{guid(1), guid(2)}}});
  };
  const auto change = [](const hv::Thing&) { return std::optional(new_thing("").thing); };
  const auto key = client.update_thing(line, alice, guid(1), change);
  ASSERT_TRUE(key) << key.error().what;
  EXPECT_EQ(key->version_stamp, guid(2));
  EXPECT_THAT(stamps, ElementsAre(guid(1001), guid(1001)));
  EXPECT_EQ(platform.count("GetThings"), 2u);
  platform.methods["PutThings"] = [](const Asked&) { return ScriptedPlatform::refusal(61); };
  EXPECT_EQ(client.update_thing(line, alice, guid(1), change).error().code, 61);
}

TEST_F(HealthVaultClientThingsTest, SendsNothingThatIsLongerThanItsSchemaSays) {
  platform.methods["PutThings"] = [](const Asked&) {
    return ScriptedPlatform::answer<hv::PutThings>({{{guid(1), guid(2)}}});
  };
  const auto letters = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "\xC3\xA9";
    return text;
  };
  const auto what_of = [&](const hv::NewThing& thing) {
    const auto put = client.put_things(line, alice, {thing});
    return put ? std::string() : put.error().what;
  };
  auto thing = new_thing(letters(255));
  thing.thing.tags = letters(512);
  hv::Blob blob;
  blob.name = letters(255);
  blob.content_type = letters(1024);
  blob.reference_url = "https://platform.test/x";
  thing.thing.blobs = {blob};
  EXPECT_EQ(what_of(thing), "");
  EXPECT_THAT(what_of(new_thing(letters(256))), HasSubstr("a client-thing-id has 256 characters, at most 255"));
  thing.thing.blobs[0].name += "x";
  EXPECT_THAT(what_of(thing), HasSubstr("the name of a blob has 256 characters, at most 255 are taken"));
  thing.thing.blobs[0].name = "";
  thing.thing.blobs[0].content_type += "x";
  EXPECT_THAT(what_of(thing), HasSubstr("the content-type of a blob has 1025 characters"));
  thing.thing.blobs.clear();
  *thing.thing.tags += "x";
  EXPECT_THAT(what_of(thing), HasSubstr("a list of tags has 513 characters"));
  EXPECT_EQ(platform.count("PutThings"), 1u);
}

TEST_F(HealthVaultClientThingsTest, DoesNotWriteBackWhatWasConvertedDown) {
  platform.methods["PutThings"] = [](const Asked&) {
    return ScriptedPlatform::answer<hv::PutThings>({{{guid(1), guid(2)}}});
  };
  const auto update_of = [&](std::uint32_t flags) {
    platform.methods["GetThings"] = [flags](const Asked&) {
      auto thing = thing_of(1);
      thing.flags = flags;
      return ScriptedPlatform::answer<hv::GetThings>({{hv::ThingGroup{.name = "0", .things = {thing}}}});
    };
    return client.update_thing(line, alice, guid(1),
                               [](const hv::Thing&) { return std::optional(new_thing("").thing); });
  };
  const auto refused = update_of(hv::flag_converted_down | hv::flag_personal);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, 85);
  EXPECT_THAT(refused.error().what, HasSubstr("converted down to type " + std::string(weight)));
  EXPECT_EQ(platform.count("PutThings"), 0u);
  EXPECT_TRUE(update_of(hv::flag_converted_up));
  EXPECT_EQ(platform.count("PutThings"), 1u);
}

TEST_F(HealthVaultClientThingsTest, RemovesWhatIsLeftAfterAnAnswerWasLost) {
  serve(1, 10);
  platform.methods["RemoveThings"] = [calls = 0](const Asked&) mutable {
    return ++calls == 1 ? ScriptedPlatform::lost() : ScriptedPlatform::ok();
  };
  EXPECT_TRUE(client.remove_things(line, alice, {{guid(1), guid(1001)}}));
  EXPECT_EQ(platform.count("RemoveThings"), 2u);
}

class HealthVaultClientBlobsTest : public HealthVaultClientThingsTest {
 protected:
  static constexpr std::string_view place = "https://platform.test/streaming/wildcatblob.ashx?blob-ref-token=";

  HealthVaultClientBlobsTest() {
    for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i);
    bytes.resize(chunk * 5 / 2, 'x');
    platform.methods["BeginPutBlob"] = [this](const Asked&) {
      ++places;
      return ScriptedPlatform::answer<hv::BeginPutBlob>({.reference_url = std::string(place) + std::to_string(places),
                                                         .chunk_bytes = chunk,
                                                         .blob_bytes_max = 10 * chunk,
                                                         .hash_algorithm = "SHA256Block",
                                                         .hash_block_bytes = 2 * chunk});
    };
  }
  static std::string field(const hv::Exchange& exchange, std::string_view name) {
    for (const auto& [key, value] : exchange.headers)
      if (key == name) return value;
    return {};
  }
  // A thing with the blob, its references numbered from 1.
  void serve_blob(std::string hash) {
    platform.methods["GetThings"] = [this, hash = std::move(hash)](const Asked&) {
      auto thing = thing_of(1);
      thing.blobs = {{.content_type = "image/png",
                      .hash = hv::BlobHash{"SHA256Block", 2 * chunk, hash},
                      .length_bytes = static_cast<std::int64_t>(bytes.size()),
                      .reference_url = std::string(place) + std::to_string(++places)}};
      return ScriptedPlatform::answer<hv::GetThings>({{{.name = "0", .things = {thing}}}});
    };
  }

  static constexpr std::int64_t chunk = 65'536;
  std::string bytes;
  int places = 0;
  std::vector<std::string> ranges, ends;
};

TEST_F(HealthVaultClientBlobsTest, SendsABlobInChunks) {
  // HV-BLOB-02: 2.5 chunks are three posts.
  std::string arrived;
  platform.blobs = [&](const hv::Exchange& exchange) {
    ranges.push_back(field(exchange, "content-range"));
    ends.push_back(field(exchange, "x-hv-blob-complete"));
    arrived += exchange.body;
    return hv::Reply{200, {}, {}};
  };
  const auto blob = client.put_blob(line, alice, bytes, "image/png");
  ASSERT_TRUE(blob) << blob.error().what;
  EXPECT_EQ(arrived, bytes);
  EXPECT_THAT(ranges, ElementsAre("bytes 0-65535/*", "bytes 65536-131071/*", "bytes 131072-163839/*"));
  EXPECT_THAT(ends, ElementsAre("", "", "1"));
  EXPECT_EQ(blob->reference_url, std::string(place) + "1");
  EXPECT_EQ(blob->length_bytes, 163'840);
  // SHA-256 of the SHA-256 of each block of 131,072 bytes, by hashlib: see blob_hash_test.py.
  // By Python's hashlib: SHA-256 of the hashes of the two blocks.
  EXPECT_EQ(blob->hash->hash, "e3V3RwEpuZ4/svtrLurtSLn+6Kj0Ry8a7FSvK/aqEf8=");
}

TEST_F(HealthVaultClientBlobsTest, SendsAnEmptyBlobAsOneEmptyPost) {
  platform.blobs = [&](const hv::Exchange& exchange) {
    ranges.push_back(field(exchange, "content-range"));
    ends.push_back(field(exchange, "x-hv-blob-complete"));
    return hv::Reply{200, {}, {}};
  };
  ASSERT_TRUE(client.put_blob(line, alice, "", "text/plain"));
  EXPECT_THAT(ranges, ElementsAre(""));
  EXPECT_THAT(ends, ElementsAre("1"));
}

TEST_F(HealthVaultClientBlobsTest, BeginsAnewWhereAChunkIsLost) {
  platform.blobs = [&, calls = 0](const hv::Exchange&) mutable {
    return ++calls == 2 ? ScriptedPlatform::lost() : hv::Reply{200, {}, {}};
  };
  const auto blob = client.put_blob(line, alice, bytes, "image/png");
  ASSERT_TRUE(blob) << blob.error().what;
  EXPECT_EQ(blob->reference_url, std::string(place) + "2");
  platform.blobs = [&](const hv::Exchange&) { return hv::Reply{403, {}, {}}; };
  EXPECT_EQ(client.put_blob(line, alice, bytes, "image/png").error().http_status, 403);
}

TEST_F(HealthVaultClientBlobsTest, SendsNothingThatIsTooLarge) {
  bytes.resize(10 * chunk + 1);
  EXPECT_EQ(client.put_blob(line, alice, bytes, "image/png").error().code, 68);
}

TEST_F(HealthVaultClientBlobsTest, SendsAndFetchesNothingElsewhere) {
  int asked = 0;
  platform.blobs = [&](const hv::Exchange&) { return ++asked, hv::Reply{200, bytes, {}}; };
  for (const std::string url :
       {"https://other.test/streaming?x", "http://platform.test/streaming?x", "file:///etc/passwd",
        "https://platform.test.other.test/x", "https://platform.test@other.test/x", "https://platform.test:8443/x",
        "/streaming?x", ""}) {
    platform.methods["BeginPutBlob"] = [&](const Asked&) {
      return ScriptedPlatform::answer<hv::BeginPutBlob>(
          {.reference_url = url, .chunk_bytes = chunk, .hash_algorithm = "SHA256Block", .hash_block_bytes = chunk});
    };
    platform.methods["GetThings"] = [&](const Asked&) {
      auto thing = thing_of(1);
      thing.blobs = {{.content_type = "image/png", .hash = {}, .length_bytes = 1, .reference_url = url}};
      return ScriptedPlatform::answer<hv::GetThings>({{{.name = "0", .things = {thing}}}});
    };
    const auto put = client.put_blob(line, alice, bytes, "image/png");
    ASSERT_FALSE(put) << url;
    EXPECT_EQ(put.error().kind, Kind::broken) << put.error().what;
    EXPECT_THAT(put.error().what, ::testing::Not(HasSubstr("token=s3cret")));
    EXPECT_EQ(client.get_blob(line, alice, {guid(1), {}}).error().kind, Kind::broken) << url;
  }
  EXPECT_EQ(asked, 0);
  // Written otherwise, it is the same place.
  platform.methods["GetThings"] = [&](const Asked&) {
    auto thing = thing_of(1);
    thing.blobs = {
        {.content_type = "image/png", .hash = {}, .length_bytes = {}, .reference_url = "HTTPS://Platform.test:443/x"}};
    return ScriptedPlatform::answer<hv::GetThings>({{{.name = "0", .things = {thing}}}});
  };
  EXPECT_TRUE(client.get_blob(line, alice, {guid(1), {}}));
}

TEST_F(HealthVaultClientBlobsTest, AsksForAnotherUrlWhereOneHasExpired) {
  serve_blob(hv::blob_hash(bytes, 2 * chunk));
  platform.blobs = [&](const hv::Exchange& exchange) {
    return exchange.url.ends_with("=1") ? hv::Reply{403, {}, {}} : hv::Reply{200, bytes, {}};
  };
  const auto read = client.get_blob(line, alice, {guid(1), {}});
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, bytes);
  platform.blobs = [&](const hv::Exchange&) { return hv::Reply{403, {}, {}}; };
  EXPECT_EQ(client.get_blob(line, alice, {guid(1), {}}).error().http_status, 403);
  EXPECT_EQ(client.get_blob(line, alice, {guid(1), {}}, "other name").error().code, 13);
}

TEST_F(HealthVaultClientBlobsTest, RefusesBytesThatAreNotThoseOfTheThing) {
  platform.blobs = [&](const hv::Exchange&) { return hv::Reply{200, bytes, {}}; };
  serve_blob(hv::blob_hash("other", 2 * chunk));
  EXPECT_THAT(client.get_blob(line, alice, {guid(1), {}}).error().what, HasSubstr("hash"));
  serve_blob(hv::blob_hash(bytes, 2 * chunk));
  platform.blobs = [&](const hv::Exchange&) { return hv::Reply{200, bytes.substr(1), {}}; };
  EXPECT_THAT(client.get_blob(line, alice, {guid(1), {}}).error().what, HasSubstr("163839 bytes"));
  // Blocks of no bytes are no hash.
  platform.methods["GetThings"] = [&](const Asked&) {
    auto thing = thing_of(1);
    thing.blobs = {{.content_type = "image/png",
                    .hash = hv::BlobHash{"SHA256Block", 0, "x"},
                    .length_bytes = {},
                    .reference_url = std::string(place)}};
    return ScriptedPlatform::answer<hv::GetThings>({{{.name = "0", .things = {thing}}}});
  };
  EXPECT_THAT(client.get_blob(line, alice, {guid(1), {}}).error().what, HasSubstr("blocks of 0 bytes"));
}

TEST_F(HealthVaultClientBlobsTest, FetchesALongBlobInRanges) {
  hv::Client ranged({.platform_url = std::string(ScriptedPlatform::platform_url),
                     .app_id = std::string(app_id),
                     .range_bytes = 100'000});
  serve_blob(hv::blob_hash(bytes, 2 * chunk));
  platform.blobs = [&](const hv::Exchange& exchange) {
    ranges.push_back(field(exchange, "range"));
    return ranges.back() == "bytes=0-99999" ? hv::Reply{206, bytes.substr(0, 100'000), {}}
                                            : hv::Reply{206, bytes.substr(100'000), {}};
  };
  const auto read = ranged.get_blob(line, alice, {guid(1), {}});
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, bytes);
  EXPECT_THAT(ranges, ElementsAre("bytes=0-99999", "bytes=100000-163839"));
}

}  // namespace
}  // namespace bb::test
