// The device table on the real XRT, with the kernel's side emulated: a product that is right, and each failure as its
// own status.

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "check.h"
#include "common/error.h"
#include "device/device_library.h"
#include "device/device_table.h"
#include "support.h"

namespace {

constexpr int64_t kM = 64, kK = 128, kN = 96;

const am_device_table &table() {
  return amanuensis::device_table("xrt", XRT_LIBRARY);
}

/** What goes wrong, for the life of the object. Written whole, because the emulator may read at any time. */
class Faults {
 public:
  explicit Faults(const std::string &words) { set(words); }
  ~Faults() { std::filesystem::remove(kPath); }

  static void set(const std::string &words) {
    std::ofstream(std::string(kPath) + ".new") << words;
    std::filesystem::rename(std::string(kPath) + ".new", kPath);
  }

 private:
  static constexpr char kPath[] = DEVICE_DIR "/faults";
};

void expect(const char *file, int line, const char *call, am_device_status status, am_device_status expected,
            const std::string &words) {
  const std::string message = status == AM_DEVICE_OK ? "" : table().last_error();
  if (status != expected || message.find(words) == std::string::npos) {
    check::failed(file, line, call, " gave ", status, " \"", message, "\", expected ", expected, " \"", words, "\"");
  }
}

#define CHECK_DEVICE(call, status, words) expect(__FILE__, __LINE__, #call, call, status, words)
#define CHECK_DEVICE_OK(call) CHECK_DEVICE(call, AM_DEVICE_OK, "")

std::vector<uint32_t> instructions() {
  std::ifstream file(OVERLAY_DIR "/gemm.insts", std::ios::binary);
  std::vector<uint32_t> words(4);
  file.read(reinterpret_cast<char *>(words.data()), 16);
  return words;
}

uint16_t bfloat16(float value) {
  return static_cast<uint16_t>(std::bit_cast<uint32_t>(value) >> 16);
}
float from_bfloat16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/** Device, program, buffers and a run; each is null until its call has succeeded. */
struct Stack {
  am_device *device = nullptr;
  am_device_program *program = nullptr;
  am_device_buffer *a = nullptr, *b = nullptr, *c = nullptr;
  am_device_run *run = nullptr;
  std::vector<uint32_t> words = instructions();
  std::string container = OVERLAY_DIR "/gemm.xclbin";
  std::string kernel = "MLIR_AIE";

  Stack() = default;
  Stack(const Stack &) = delete;
  Stack &operator=(const Stack &) = delete;
  ~Stack() { close(); }

  am_device_status open() { return table().open(nullptr, 0, &device); }

  am_device_status load() {
    am_device_overlay overlay = {};
    overlay.container = container.c_str();
    overlay.kernel = kernel.c_str();
    overlay.instructions = words.data();
    overlay.instruction_words = static_cast<int64_t>(words.size());
    overlay.m = kM;
    overlay.k = kK;
    overlay.n = kN;
    overlay.type_a = overlay.type_b = AM_DEVICE_BFLOAT16;
    overlay.type_c = AM_DEVICE_FLOAT32;
    return table().program_load(device, &overlay, &program);
  }

  am_device_status prepare() {
    const std::pair<am_device_buffer **, int64_t> buffers[] = {{&a, kM * kK * 2}, {&b, kK * kN * 2}, {&c, kM * kN * 4}};
    for (int32_t i = 0; i < 3; ++i) {
      if (const am_device_status status = table().buffer_open(program, 3 + i, buffers[i].second, buffers[i].first)) {
        return status;
      }
    }
    const am_device_argument arguments[] = {{AM_DEVICE_OPCODE, nullptr, 3},
                                            {AM_DEVICE_INSTRUCTIONS, nullptr, 0},
                                            {AM_DEVICE_INSTRUCTION_WORDS, nullptr, 0},
                                            {AM_DEVICE_A, a, 0},
                                            {AM_DEVICE_B, b, 0},
                                            {AM_DEVICE_C, c, 0}};
    return table().run_open(program, arguments, 6, &run);
  }

  void make_all() {
    CHECK_DEVICE_OK(open());
    CHECK_DEVICE_OK(load());
    CHECK_DEVICE_OK(prepare());
  }

  template <typename T>
  T *map(am_device_buffer *buffer) {
    void *address = nullptr;
    CHECK_DEVICE_OK(table().buffer_map(buffer, &address));
    return static_cast<T *>(address);
  }

  am_device_status compute(int32_t timeout_ms = 5000) {
    const am_device_status status = table().run_start(run);
    return status == AM_DEVICE_OK ? table().run_wait(run, timeout_ms) : status;
  }

  void close() {
    table().run_close(&run);
    table().buffer_close(&a);
    table().buffer_close(&b);
    table().buffer_close(&c);
    table().program_close(&program);
    table().close(&device);
  }
};

/** Fills A and B with signed numbers; what C has to be, summed in double precision. */
std::vector<float> fill(Stack &stack, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  uint16_t *a = stack.map<uint16_t>(stack.a);
  uint16_t *b = stack.map<uint16_t>(stack.b);
  for (int64_t i = 0; i < kM * kK; ++i) {
    a[i] = bfloat16(normal(random));
  }
  for (int64_t i = 0; i < kK * kN; ++i) {
    b[i] = bfloat16(normal(random));
  }
  CHECK_DEVICE_OK(table().buffer_sync(stack.a, AM_DEVICE_TO_DEVICE, 0, kM * kK * 2));
  CHECK_DEVICE_OK(table().buffer_sync(stack.b, AM_DEVICE_TO_DEVICE, 0, kK * kN * 2));
  std::vector<float> expected;
  for (int64_t i = 0; i < kM; ++i) {
    for (int64_t j = 0; j < kN; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < kK; ++k) {
        sum += static_cast<double>(from_bfloat16(a[i * kK + k])) * from_bfloat16(b[k * kN + j]);
      }
      expected.push_back(static_cast<float>(sum));
    }
  }
  return expected;
}

std::vector<float> result(Stack &stack) {
  CHECK_DEVICE_OK(table().buffer_sync(stack.c, AM_DEVICE_FROM_DEVICE, 0, kM * kN * 4));
  const float *c = stack.map<float>(stack.c);
  return {c, c + kM * kN};
}

/** The rounding of a sum of K products in single precision, seen as a random walk, and ten times that. */
const double kTolerance = 10 * std::sqrt(static_cast<double>(kK)) * 0x1p-24;

void check_product(uint32_t seed) {
  Stack stack;
  stack.make_all();
  const std::vector<float> expected = fill(stack, seed);
  CHECK_DEVICE_OK(stack.compute());
  CHECK_AT_MOST(support::relative_l2(result(stack), expected), kTolerance);
}

/** A fault of one command: its status, and that a new context computes again. */
void check_command_fault(const std::string &word, am_device_status status, const std::string &words) {
  Stack stack;
  stack.make_all();
  const std::vector<float> expected = fill(stack, 5);
  {
    const Faults faults(word);
    CHECK_DEVICE(stack.compute(), status, words);
  }
  table().run_close(&stack.run);
  table().buffer_close(&stack.a);
  table().buffer_close(&stack.b);
  table().buffer_close(&stack.c);
  table().program_close(&stack.program);
  CHECK_DEVICE_OK(table().reset(stack.device));
  CHECK_DEVICE_OK(stack.load());
  CHECK_DEVICE_OK(stack.prepare());
  fill(stack, 5);
  CHECK_DEVICE_OK(stack.compute());
  CHECK_AT_MOST(support::relative_l2(result(stack), expected), kTolerance);
}

/** Without the capability to lock without limit, and with a limit. Both come back at the end. */
class LockLimit {
 public:
  explicit LockLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_MEMLOCK, &limit_);
    rlimit lower = limit_;
    lower.rlim_cur = bytes;
    ::setrlimit(RLIMIT_MEMLOCK, &lower);
    ::syscall(SYS_capget, &header_, capabilities_);
    __user_cap_data_struct fewer[2] = {capabilities_[0], capabilities_[1]};
    fewer[0].effective &= ~(1U << CAP_IPC_LOCK);
    ::syscall(SYS_capset, &header_, fewer);
  }
  ~LockLimit() {
    ::syscall(SYS_capset, &header_, capabilities_);
    ::setrlimit(RLIMIT_MEMLOCK, &limit_);
  }

 private:
  rlimit limit_ = {};
  __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct capabilities_[2] = {};
};

}  // namespace

TEST(says_what_the_device_is) {
  am_device_facts facts;
  CHECK_DEVICE_OK(table().probe(nullptr, 0, &facts));
  CHECK_EQUAL(std::string(facts.name), "NPU Strix (EMULATED)");
  CHECK_EQUAL(std::string(facts.node), "/dev/accel/accel0");
  CHECK_EQUAL(std::string(facts.driver), "amdxdna, XRT 2.25.00");
}

TEST(multiplies) {
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    check_product(seed);
  }
}

/** One element of A and one of B at a time: the product has one element, in the row of the one and the column of the
 * other. */
TEST(puts_each_product_where_it_belongs) {
  Stack stack;
  stack.make_all();
  uint16_t *a = stack.map<uint16_t>(stack.a);
  uint16_t *b = stack.map<uint16_t>(stack.b);
  const int64_t probes[][3] = {{0, 0, 0}, {63, 127, 95}, {5, 71, 90}, {40, 1, 2}};
  for (const auto &[row, inner, column] : probes) {
    std::memset(a, 0, kM * kK * 2);
    std::memset(b, 0, kK * kN * 2);
    a[row * kK + inner] = bfloat16(-3.0F);
    b[inner * kN + column] = bfloat16(0.5F);
    CHECK_DEVICE_OK(table().buffer_sync(stack.a, AM_DEVICE_TO_DEVICE, 0, kM * kK * 2));
    CHECK_DEVICE_OK(table().buffer_sync(stack.b, AM_DEVICE_TO_DEVICE, 0, kK * kN * 2));
    CHECK_DEVICE_OK(stack.compute());
    std::vector<float> expected(kM * kN, 0.0F);
    expected[static_cast<size_t>(row * kN + column)] = -1.5F;
    CHECK(result(stack) == expected);
  }
}

TEST(starts_a_run_any_number_of_times) {
  Stack stack;
  stack.make_all();
  for (uint32_t seed = 10; seed < 30; ++seed) {
    const std::vector<float> expected = fill(stack, seed);
    CHECK_DEVICE_OK(stack.compute());
    CHECK_AT_MOST(support::relative_l2(result(stack), expected), kTolerance);
  }
}

TEST(tells_how_a_command_ended) {
  check_command_fault("error", AM_DEVICE_ERROR, "ended in state 5");
  check_command_fault("abort", AM_DEVICE_ABORT, "ended in state 6");
  check_command_fault("timeout", AM_DEVICE_TIMEOUT, "ended in state 8");
}

/** The command stays in flight, whatever is closed; the process lives on, and ends well after the last test. */
void check_hang(const std::string &words) {
  const Faults faults(words);
  Stack stack;
  stack.make_all();
  const auto begin = std::chrono::steady_clock::now();
  CHECK_DEVICE(stack.compute(50), AM_DEVICE_HOST_TIMEOUT, "in flight after 50 ms");
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(50));
  CHECK_DEVICE(table().run_start(stack.run), AM_DEVICE_BUSY, "in flight");
  CHECK_DEVICE(table().run_wait(stack.run, 10), AM_DEVICE_HOST_TIMEOUT, "in flight after 10 ms");
  stack.close();
  Faults::set("");
  check_product(4);
}

TEST(parks_a_command_that_hangs) {
  check_hang("hang");
}

TEST(parks_a_command_that_hangs_on_an_older_driver) {
  check_hang("hang no-syncobj");
}

/** A deadline that passed is not the end: the command may still complete. */
TEST(can_be_waited_for_again) {
  const Faults faults("latency-us=200000");
  Stack stack;
  stack.make_all();
  const std::vector<float> expected = fill(stack, 6);
  CHECK_DEVICE(stack.compute(20), AM_DEVICE_HOST_TIMEOUT, "in flight");
  CHECK_DEVICE_OK(table().run_wait(stack.run, 5000));
  CHECK_AT_MOST(support::relative_l2(result(stack), expected), kTolerance);
}

TEST(leaves_the_output_alone_when_the_device_does) {
  const Faults faults("stale");
  Stack stack;
  stack.make_all();
  std::fill_n(stack.map<float>(stack.c), kM * kN, 42.0F);
  CHECK_DEVICE_OK(stack.compute());
  CHECK(result(stack) == std::vector<float>(kM * kN, 42.0F));
}

TEST(loses_the_device) {
  Stack stack;
  stack.make_all();
  {
    const Faults faults("lost");
    CHECK_DEVICE(stack.compute(), AM_DEVICE_LOST, "No such device");
    am_device_buffer *more = nullptr;
    CHECK_DEVICE(table().buffer_open(stack.program, 3, 4096, &more), AM_DEVICE_LOST, "No such device");
    Stack second;
    CHECK_DEVICE_OK(second.open());
    CHECK_DEVICE(second.load(), AM_DEVICE_LOST, "No such device");
  }
  stack.close();
  check_product(7);
}

TEST(finds_a_lost_device_again) {
  Stack stack;
  CHECK_DEVICE_OK(stack.open());
  {
    const Faults faults("lost");
    CHECK_DEVICE(table().reset(stack.device), AM_DEVICE_LOST, "");
    CHECK_DEVICE(stack.load(), AM_DEVICE_LOST, "");
    CHECK_DEVICE(table().reset(stack.device), AM_DEVICE_LOST, "");
  }
  CHECK_DEVICE_OK(table().reset(stack.device));
  CHECK_DEVICE_OK(stack.load());
  CHECK_DEVICE_OK(stack.prepare());
  const std::vector<float> expected = fill(stack, 11);
  CHECK_DEVICE_OK(stack.compute());
  CHECK_AT_MOST(support::relative_l2(result(stack), expected), kTolerance);
}

TEST(loses_the_device_with_a_command_in_flight) {
  const Faults faults("hang");
  Stack stack;
  stack.make_all();
  CHECK_DEVICE_OK(table().run_start(stack.run));
  Faults::set("hang lost");
  CHECK_DEVICE(table().run_wait(stack.run, 5000), AM_DEVICE_LOST, "with a command in flight");
  stack.close();
  Faults::set("");
  check_product(8);
}

TEST(needs_the_node) {
  const am_device_option node = {"node", "/dev/accel/accel7"};
  am_device_facts facts;
  CHECK_DEVICE(table().probe(&node, 1, &facts), AM_DEVICE_NONE, "/dev/accel/accel7 is not there");
  am_device *device = nullptr;
  CHECK_DEVICE(table().open(&node, 1, &device), AM_DEVICE_NONE, "amdxdna");
  const am_device_option unknown = {"colour", "red"};
  CHECK_DEVICE(table().open(&unknown, 1, &device), AM_DEVICE_OPTION, "unknown option colour");
  CHECK(device == nullptr);
}

TEST(needs_permission) {
  const Faults faults("permission");
  am_device_facts facts;
  CHECK_DEVICE(table().probe(nullptr, 0, &facts), AM_DEVICE_PERMISSION, "supplementalGroups");
  Stack stack;
  CHECK_DEVICE(stack.open(), AM_DEVICE_PERMISSION, "/dev/accel/accel0 may not be opened");
}

TEST(needs_to_lock_memory) {
  {
    const LockLimit limit(8 << 20);
    Stack stack;
    CHECK_DEVICE(stack.open(), AM_DEVICE_MEMLOCK, "RLIMIT_MEMLOCK is 8388608 bytes");
  }
  // A limit that is enough for the heap may be too low for the buffers.
  Stack stack;
  CHECK_DEVICE_OK(stack.open());
  CHECK_DEVICE_OK(stack.load());
  const Faults faults("memlock");
  am_device_buffer *buffer = nullptr;
  CHECK_DEVICE(table().buffer_open(stack.program, 3, 4096, &buffer), AM_DEVICE_MEMLOCK,
               "Resource temporarily unavailable");
}

TEST(runs_out_of_memory) {
  const Faults faults("memory=1048576");
  Stack stack;
  CHECK_DEVICE_OK(stack.open());
  CHECK_DEVICE_OK(stack.load());
  am_device_buffer *small = nullptr, *large = nullptr;
  CHECK_DEVICE_OK(table().buffer_open(stack.program, 3, 4096, &small));
  CHECK_DEVICE(table().buffer_open(stack.program, 3, 4 << 20, &large), AM_DEVICE_MEMORY, "Cannot allocate memory");
  table().buffer_close(&small);
}

TEST(runs_out_of_contexts) {
  const Faults faults("contexts=0");
  Stack stack;
  CHECK_DEVICE_OK(stack.open());
  CHECK_DEVICE(stack.load(), AM_DEVICE_CONTEXTS, "no hardware context");
  Faults::set("");
  CHECK_DEVICE_OK(stack.load());
}

TEST(needs_an_overlay_that_fits) {
  Stack stack;
  CHECK_DEVICE_OK(stack.open());
  stack.container = "/nowhere/gemm.xclbin";
  CHECK_DEVICE(stack.load(), AM_DEVICE_OVERLAY, "/nowhere/gemm.xclbin: ");
  stack.container = OVERLAY_DIR "/gemm.insts";
  CHECK_DEVICE(stack.load(), AM_DEVICE_OVERLAY, "gemm.insts: ");
  stack.container = OVERLAY_DIR "/gemm.xclbin";
  stack.kernel = "gemv";
  CHECK_DEVICE(stack.load(), AM_DEVICE_OVERLAY, "has no kernel gemv; it has MLIR_AIE");
}

/** Without its instructions a real array leaves the output as it was and reports success. */
TEST(needs_the_instructions) {
  {
    Stack stack;
    stack.words.clear();
    CHECK_DEVICE_OK(stack.open());
    CHECK_DEVICE_OK(stack.load());
    CHECK_DEVICE(stack.prepare(), AM_DEVICE_ARGUMENT, "the overlay has none");
  }
  Stack stack;
  stack.words[1] = kM / 2;
  stack.make_all();
  CHECK_DEVICE(stack.compute(), AM_DEVICE_ERROR, "ended in state 5");
}

TEST(needs_the_object_itself) {
  try {
    amanuensis::device_table("xrt", "/nowhere/libamanuensis_xrt.so");
    check::failed(__FILE__, __LINE__, "an object that is not there was loaded");
  } catch (const amanuensis::Error &error) {
    CHECK_EQUAL(error.status(), AM_ERROR_DEVICE_NO_BACK_END);
    CHECK(std::string(error.what()).find("/nowhere/libamanuensis_xrt.so") != std::string::npos);
  }
}
