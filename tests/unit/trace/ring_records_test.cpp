#include "trace/ring_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace bytepath::trace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t ring_bytes = 64;

// A ring of 64 bytes as the kernel fills it, and the reader's view of it, twice behind each other.
class Ring {
 public:
  explicit Ring(std::uint64_t position = 0) : consumer(position), producer(position) {}

  void put(std::string_view text, std::uint32_t bits = 0) {
    put_header(static_cast<std::uint32_t>(text.size()) | bits);
    for (std::size_t i = 0; i < text.size(); ++i)
      set(producer + BPF_RINGBUF_HDR_SZ + i, static_cast<std::byte>(text[i]));
    producer += (BPF_RINGBUF_HDR_SZ + text.size() + 7) / 8 * 8;
  }
  void put_header(std::uint32_t header) {
    std::array<std::byte, sizeof header> bytes{};
    std::memcpy(bytes.data(), &header, sizeof header);
    for (std::size_t i = 0; i < bytes.size(); ++i) set(producer + i, bytes[i]);
  }

  RingRecords records() const { return {data_, consumer, producer}; }

  std::uint64_t consumer;
  std::uint64_t producer;

 private:
  void set(std::uint64_t position, std::byte value) {
    data_[position % ring_bytes] = value;
    data_[position % ring_bytes + ring_bytes] = value;
  }
  alignas(8) std::array<std::byte, 2 * ring_bytes> data_{};
};

std::vector<std::string> read_all(RingRecords& records) {
  std::vector<std::string> out;
  while (const auto record = records.next())
    out.emplace_back(reinterpret_cast<const char*>(record->data()), record->size());
  return out;
}

TEST(RingRecords, AreReadInTheirOrderUpToTheProducer) {
  Ring ring;
  ring.put("one");
  ring.put("and two");
  ring.put("");
  RingRecords records = ring.records();
  EXPECT_THAT(read_all(records), ElementsAre("one", "and two", ""));
  EXPECT_EQ(records.position(), ring.producer);
  EXPECT_FALSE(records.damaged());
}

TEST(RingRecords, MayBeginAtTheEndOfTheRingAndGoOnAtItsStart) {
  Ring ring(3 * ring_bytes - 16);
  ring.put("over the end of it");
  RingRecords records = ring.records();
  EXPECT_THAT(read_all(records), ElementsAre("over the end of it"));
  EXPECT_EQ(records.position(), 3 * ring_bytes + 16);
}

TEST(RingRecords, MayFillTheWholeRing) {
  Ring ring(8);
  const std::string whole(ring_bytes - BPF_RINGBUF_HDR_SZ, 'w');
  ring.put(whole);
  RingRecords records = ring.records();
  EXPECT_THAT(read_all(records), ElementsAre(whole));
  EXPECT_FALSE(records.damaged());
}

TEST(RingRecords, StopAtOneThatIsStillBeingWritten) {
  Ring ring;
  ring.put("whole");
  const std::uint64_t position = ring.producer;
  ring.put("half", BPF_RINGBUF_BUSY_BIT);
  ring.put("whole too");
  RingRecords records = ring.records();
  EXPECT_THAT(read_all(records), ElementsAre("whole"));
  EXPECT_EQ(records.position(), position);
  EXPECT_FALSE(records.damaged());
}

TEST(RingRecords, LeaveOutWhatTheWriterThrewAway) {
  Ring ring;
  ring.put("thrown away", BPF_RINGBUF_DISCARD_BIT);
  ring.put("kept");
  ring.put("away", BPF_RINGBUF_DISCARD_BIT);
  RingRecords records = ring.records();
  EXPECT_THAT(read_all(records), ElementsAre("kept"));
  EXPECT_EQ(records.position(), ring.producer);
}

TEST(RingRecords, GiveUpWhereALengthGoesPastTheProducer) {
  for (const std::uint32_t length : {9U, 64U, 0x3fffffffU}) {
    Ring ring;
    ring.put("good");
    ring.put_header(length);
    ring.producer += 16;
    RingRecords records = ring.records();
    EXPECT_THAT(read_all(records), ElementsAre("good")) << length;
    EXPECT_TRUE(records.damaged());
    EXPECT_EQ(records.position(), ring.producer);
  }
}

TEST(RingRecords, GiveUpWherePositionsCannotBe) {
  Ring too_far;
  too_far.producer = ring_bytes + 8;
  Ring backwards(16);
  backwards.producer = 8;
  Ring crooked(4);
  crooked.producer = 24;
  Ring too_short;
  too_short.producer = 4;
  for (const Ring& ring : {too_far, backwards, crooked, too_short}) {
    RingRecords records = ring.records();
    EXPECT_THAT(read_all(records), IsEmpty());
    EXPECT_TRUE(records.damaged());
    EXPECT_EQ(records.position(), ring.producer);
  }
}

TEST(RingRecords, OfAnEmptyRingAreNone) {
  RingRecords records = Ring(40).records();
  EXPECT_THAT(read_all(records), IsEmpty());
  EXPECT_FALSE(records.damaged());
}

}  // namespace
}  // namespace bytepath::trace
