#include <bb/direct/entity.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace bb::direct;
using testing::HasSubstr;

std::string_view body_text(const Entity& entity) { return entity.body; }

Entity read(std::string_view message) {
  auto entity = read_entity(message);
  EXPECT_TRUE(entity) << entity.error().what;
  return entity ? *std::move(entity) : Entity{};
}

TEST(EntityTest, PartsHeaderAndBody) {
  const auto entity = read("From: a@example.org\r\nSubject: one\r\n two\r\n\r\nbody\r\n");
  ASSERT_EQ(entity.fields.size(), 2u);
  EXPECT_EQ(entity.value("SUBJECT"), "one two");
  EXPECT_EQ(entity.fields[1].offset, 21u);
  EXPECT_EQ(body_text(entity), "body\r\n");
  EXPECT_EQ(entity.type.value, "text/plain");
  EXPECT_EQ(entity.encoding, "7bit");
}

// RFC 2046, 5.1.1, the example there: one part without and one with a type.
TEST(EntityTest, PartsAMultipart) {
  constexpr std::string_view message =
      "MIME-Version: 1.0\r\n"
      "Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n"
      "\r\n"
      "This is the preamble.  It is to be ignored.\r\n"
      "\r\n"
      "--simple boundary\r\n"
      "\r\n"
      "This is implicitly typed plain US-ASCII text.\r\n"
      "It does NOT end with a linebreak.\r\n"
      "--simple boundary\r\n"
      "Content-type: text/plain; charset=us-ascii\r\n"
      "\r\n"
      "This is explicitly typed plain US-ASCII text.\r\n"
      "It DOES end with a linebreak.\r\n"
      "\r\n"
      "--simple boundary--\r\n"
      "\r\n"
      "This is the epilogue.  It is also to be ignored.\r\n";
  const auto entity = read(message);
  ASSERT_EQ(entity.parts.size(), 2u);
  EXPECT_TRUE(entity.is_closed);
  EXPECT_EQ(entity.parts[0].body, "This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.");
  EXPECT_EQ(entity.parts[1].body, "This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n");
  EXPECT_EQ(entity.parts[1].type.of("charset"), "us-ascii");
  // What is signed is the slice of what came.
  EXPECT_EQ(message.substr(entity.parts[1].offset, entity.parts[1].bytes.size()), entity.parts[1].bytes);
}

TEST(EntityTest, TakesNoLongerBoundaryForItsOwn) {
  const auto entity = read("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--ab\n\ntwo\n--a--\n");
  ASSERT_EQ(entity.parts.size(), 1u);
  EXPECT_EQ(entity.parts[0].body, "one\n--ab\n\ntwo");
}

TEST(EntityTest, TellsAMultipartThatWasCut) {
  const auto entity = read("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n");
  EXPECT_FALSE(entity.is_closed);
  ASSERT_EQ(entity.parts.size(), 1u);
}

TEST(EntityTest, OpensAMessageInAMessage) {
  const auto entity = read("Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody");
  ASSERT_EQ(entity.parts.size(), 1u);
  EXPECT_EQ(entity.parts[0].value("subject"), "inner");
}

TEST(EntityTest, SaysWhereAHeaderIsNone) {
  EXPECT_THAT(read_entity("From: a\r\nno field\r\n\r\n").error().what, HasSubstr("line 2: 'no field' is no header"));
  EXPECT_THAT(read_entity("a b: c\r\n\r\n").error().what, HasSubstr("line 1"));
  EXPECT_FALSE(read_entity(": c\r\n\r\n"));
  EXPECT_FALSE(read_entity(" folded\r\n\r\n"));
  EXPECT_FALSE(read_entity(std::string("Sub\0ject: c\r\n\r\n", 15)));
}

TEST(EntityTest, IsBounded) {
  const auto fields = [](int count) {
    std::string message;
    for (int i = 0; i < count; ++i) message += "X: y\r\n";
    return message + "\r\n";
  };
  EXPECT_TRUE(read_entity(fields(1000)));
  EXPECT_THAT(read_entity(fields(1001)).error().what, HasSubstr("more than 1000 header fields"));

  const auto parts = [](int count) {
    std::string message = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
    for (int i = 0; i < count; ++i) message += "--a\r\n\r\n\r\n";
    return message + "--a--\r\n";
  };
  EXPECT_TRUE(read_entity(parts(999)));
  EXPECT_THAT(read_entity(parts(1000)).error().what, HasSubstr("more than 1000 parts"));

  const auto nested = [](int depth) {
    std::string message;
    for (int i = 1; i < depth; ++i) message += "Content-Type: message/rfc822\r\n\r\n";
    return message + "Subject: inner\r\n\r\n";
  };
  EXPECT_TRUE(read_entity(nested(20)));
  EXPECT_THAT(read_entity(nested(21)).error().what, HasSubstr("more than 20 deep"));

  EXPECT_TRUE(read_entity("X: " + std::string(1'000'000, 'x') + "\r\n\r\n"));
  EXPECT_FALSE(read_entity("X: " + std::string(1'100'000, 'x') + "\r\n\r\n"));
  EXPECT_FALSE(read_entity(std::string(11, 'x'), {.message_bytes_max = 10}));
}

TEST(EntityTest, UndoesTransferEncodings) {
  EXPECT_EQ(*body_of(read("Content-Transfer-Encoding: BASE64\r\n\r\naGVs\r\nbG8=\r\n")), "hello");
  // RFC 2045, 6.7, its example of a soft line break, and rule 1.
  EXPECT_EQ(*body_of(read("Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                          "Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.=3D \t\r\n")),
            "Now's the time for all folk to come to the aid of their country.=\r\n");
  EXPECT_FALSE(body_of(read("Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n")));
  EXPECT_FALSE(body_of(read("Content-Transfer-Encoding: quoted-printable\r\n\r\n=XY\r\n")));
  EXPECT_FALSE(body_of(read("Content-Transfer-Encoding: quoted-printable\r\n\r\nx=3")));
  EXPECT_FALSE(body_of(read("Content-Transfer-Encoding: x-uuencode\r\n\r\nx")));
}

TEST(ParametersTest, ReadsQuotedAndCommentedOnes) {
  const auto read = read_parameters(
      " Multipart/Signed (a \\) comment); protocol=\"application/pkcs7-signature\";\r\n\tmicalg=sha-256 ; "
      "boundary=\"a\\\"b\"");
  EXPECT_EQ(read.value, "multipart/signed");
  EXPECT_EQ(read.of("protocol"), "application/pkcs7-signature");
  EXPECT_EQ(read.of("micalg"), "sha-256");
  EXPECT_EQ(read.of("boundary"), "a\"b");
  EXPECT_TRUE(read.is_well_formed);
}

// The examples of RFC 2231, 3 and 4.1.
TEST(ParametersTest, JoinsTheirParts) {
  const auto read = read_parameters(
      "message/external-body; access-type=URL; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub/moore/bulk-mailer.tar\"");
  EXPECT_EQ(read.of("url"), "ftp://cs.utk.edu/pub/moore/bulk-mailer.tar");
  const auto coded = read_parameters(
      "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; "
      "title*2=\"isn't it!\"");
  EXPECT_EQ(coded.of("title"), "This is even more ***fun*** isn't it!");
}

TEST(ParametersTest, ToleratesAndTellsWhatIsWrong) {
  EXPECT_FALSE(read_parameters("text/plain; charset").is_well_formed);
  EXPECT_FALSE(read_parameters("").is_well_formed);
  EXPECT_FALSE(read_parameters("text/plain; a=1; a=2").is_well_formed);
  EXPECT_FALSE(read_parameters("text/plain; name=\"open").is_well_formed);
  const auto bare = read_parameters("multipart/signed; protocol=application/pkcs7-signature; boundary=x");
  EXPECT_EQ(bare.of("protocol"), "application/pkcs7-signature");
  EXPECT_FALSE(bare.is_well_formed);
  EXPECT_EQ(bare.of("boundary"), "x");
}

// RFC 2045, 3: the fields of MIME can have comments; its own example is "MIME-Version: (produced by MetaSend) 1.0".
TEST(EntityTest, ATransferEncodingMayHaveAComment) {
  const auto encoding = [](const std::string& value) {
    return read("Content-Transfer-Encoding:" + value + "\r\n\r\nx").encoding;
  };
  EXPECT_EQ(encoding(" (as (it) came) Base64 (RFC 2045)"), "base64");
  EXPECT_EQ(encoding(" (nothing else)"), "7bit");
  EXPECT_EQ(encoding(" base64 ("), "base64 (");
  EXPECT_EQ(encoding(" base64; x"), "base64; x");
}

TEST(EntityTest, AFieldIsLeftOutWithItsFoldedLines) {
  const std::string message = "To: b@b.example\r\nDATE: Fri,\r\n 21 Nov\r\nDates: 1\r\ndate: 2\r\n\r\nDate: body\r\n";
  EXPECT_EQ(without_field(message, "Date"), "To: b@b.example\r\nDates: 1\r\n\r\nDate: body\r\n");
  EXPECT_EQ(without_field(message, "From"), message);
  EXPECT_EQ(without_field("To: b", "to"), "");
  EXPECT_EQ(without_field("", "to"), "");
}

TEST(EntityTest, AnIdLosesBothBracketsOrNone) {
  EXPECT_EQ(without_brackets(" <1@a.example>\t"), "1@a.example");
  EXPECT_EQ(without_brackets("<>"), "");
  for (const auto* id : {"", "<", ">", "1@a.example", "<1@a.example", "1@a.example>"})
    EXPECT_EQ(without_brackets(id), id);
}

TEST(CanonicalTest, EndsEveryLineInCrlf) {
  EXPECT_EQ(canonical("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd");
  EXPECT_TRUE(is_canonical("a\r\nb\r\n"));
  EXPECT_TRUE(is_canonical(""));
  EXPECT_FALSE(is_canonical("a\nb"));
  EXPECT_FALSE(is_canonical("a\rb"));
  EXPECT_FALSE(is_canonical("a\r"));
  EXPECT_TRUE(is_canonical("a\r\nb"));
  for (const auto* text : {"\n", "\r", "a\r\r\n", "a\r\n\n", "\rb\r\n", "a\r\nb\rc", "a\n\r"})
    EXPECT_FALSE(is_canonical(text)) << text;
}

}  // namespace
