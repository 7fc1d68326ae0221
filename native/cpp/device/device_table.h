/*
 * What the engine needs of a matrix-multiplying device: a table of functions, filled once by the emulated device inside
 * the library and once by the shared object libamanuensis_xrt.so, which alone links XRT. Plain C, so that the two sides
 * may be built by different compilers against different C++ run-time libraries.
 *
 * Conventions
 *   status      Every function that can fail returns an am_device_status. On failure no output is written, and
 *               last_error() of the same thread says what failed, with the name of the call underneath and its errno
 *               or command state.
 *   threads     probe and last_error: any. All others: the thread that opened the device, which is the engine's one
 *               submit thread; an implementation needs no locks.
 *   ownership   Handles belong to the engine and are closed by their closer, which takes the address and nulls it;
 *               closing a null handle is harmless. Handles of a device are closed before it.
 *   in flight   A run is in flight from a run_start that returned AM_DEVICE_OK until a run_wait that returned anything
 *               but AM_DEVICE_HOST_TIMEOUT. What an in-flight run refers to is never destroyed, because the
 *               device may still write to it: see run_close.
 *   crashes     No function throws, aborts, exits, forks or writes to the standard streams. Only run_wait may block,
 *               and for no longer than its timeout.
 */
#ifndef AMANUENSIS_DEVICE_TABLE_H
#define AMANUENSIS_DEVICE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever a function changes its meaning or its parameters. The engine refuses any other. */
#define AM_DEVICE_TABLE_VERSION 1

/* The values are those of am_status in amanuensis.h, through which they reach the caller. */
typedef int32_t am_device_status;
enum {
  AM_DEVICE_OK = 0,
  AM_DEVICE_ARGUMENT = 1,      /* a shape or an argument list that the kernel does not take */
  AM_DEVICE_OPTION = 2,        /* an unknown option or an illegal value; the message lists the legal ones */
  AM_DEVICE_NO_BACK_END = 20,  /* the object that drives the device, or XRT underneath it, cannot be loaded */
  AM_DEVICE_NONE = 21,         /* no such device: no node, nothing enumerated */
  AM_DEVICE_PERMISSION = 22,   /* the node is there and may not be opened (EACCES, EPERM) */
  AM_DEVICE_MEMLOCK = 23,      /* RLIMIT_MEMLOCK is below what the driver locks (EAGAIN on mmap) */
  AM_DEVICE_MEMORY = 24,       /* no memory for a buffer (ENOMEM) */
  AM_DEVICE_CONTEXTS = 25,     /* the device's hardware contexts are all taken */
  AM_DEVICE_OVERLAY = 26,      /* the overlay file is missing, malformed or lacks the kernel */
  AM_DEVICE_HOST_TIMEOUT = 27, /* the host's deadline passed and the command is still in flight */
  AM_DEVICE_TIMEOUT = 28,      /* the device's watchdog ended the command (state 8) */
  AM_DEVICE_ERROR = 29,        /* the command ended in state ERROR (5) */
  AM_DEVICE_ABORT = 30,        /* the command ended in state ABORT (6), or another that is not COMPLETED (4) */
  AM_DEVICE_LOST = 31,         /* the device has gone (ENODEV, EIO, ENXIO) */
  AM_DEVICE_POISONED = 32,     /* an earlier failure left the device unusable until reset */
  AM_DEVICE_BUSY = 33,         /* the queue is full; by the engine */
  AM_DEVICE_VERSION = 35,      /* the table is of another version; by the engine */
  AM_DEVICE_STALE = 36,        /* an output that was not written, or is that of another run; by the engine */
  AM_DEVICE_WRONG = 37,        /* the self-test's results are wrong; by the engine */
  AM_DEVICE_INTERNAL = 99
};

/* A pair of strings; what is legal is the implementation's, an unknown key is AM_DEVICE_OPTION. */
typedef struct am_device_option {
  const char *key;
  const char *value;
} am_device_option;

/* What the device says it is; zero-terminated, "" and 0 where it does not say. */
typedef struct am_device_facts {
  char name[128];     /* as the driver names it, such as "NPU Strix"; contains EMULATED if no silicon computes */
  char driver[128];   /* of the run-time library and the kernel driver, with versions */
  char firmware[64];
  char node[128];     /* such as /dev/accel/accel0 */
  int32_t columns;    /* of the array of tiles */
  int32_t rows;
} am_device_facts;

typedef struct am_device am_device;
typedef struct am_device_program am_device_program;
typedef struct am_device_buffer am_device_buffer;
typedef struct am_device_run am_device_run;

/* Types of matrix elements. */
enum { AM_DEVICE_FLOAT32 = 0, AM_DEVICE_BFLOAT16 = 1 };

/*
 * A kernel that multiplies: C [m][n] = A [m][k] x B [k][n], all row-major without gaps. The caller owns everything, the
 * implementation copies what it keeps.
 */
typedef struct am_device_overlay {
  const char *container;         /* path of the xclbin; "" for the emulated device */
  const char *kernel;            /* such as MLIR_AIE */
  const uint32_t *instructions;  /* the run-time sequence; null for the emulated device */
  int64_t instruction_words;
  int32_t m, k, n;               /* of a kernel of one shape; 0 where a run's arguments say it */
  int32_t type_a, type_b, type_c;
} am_device_overlay;

/* What a kernel argument is. The manifest gives their order. */
enum {
  AM_DEVICE_OPCODE = 0,            /* value: 3 */
  AM_DEVICE_INSTRUCTIONS = 1,      /* the program's own instruction buffer */
  AM_DEVICE_INSTRUCTION_WORDS = 2, /* the program's own instruction_words */
  AM_DEVICE_A = 3,                 /* buffer */
  AM_DEVICE_B = 4,                 /* buffer */
  AM_DEVICE_C = 5,                 /* buffer; the only one that the kernel writes */
  AM_DEVICE_M = 6,                 /* value, 32 bits */
  AM_DEVICE_K = 7,                 /* value, 32 bits */
  AM_DEVICE_N = 8                  /* value, 32 bits */
};

typedef struct am_device_argument {
  int32_t role;
  am_device_buffer *buffer; /* of A, B and C, else null */
  uint64_t value;           /* of OPCODE, M, K and N, else 0 */
} am_device_argument;

typedef int32_t am_device_direction;
enum { AM_DEVICE_TO_DEVICE = 0, AM_DEVICE_FROM_DEVICE = 1 };

typedef struct am_device_table {
  uint32_t version; /* AM_DEVICE_TABLE_VERSION; read first, nothing else if it differs */
  uint32_t size;    /* sizeof(am_device_table) */
  const char *name; /* emulated, xrt */

  /* Looks whether open could succeed, as far as that is seen without a context: node, permission, memlock, enumeration.
   * The failure is the first thing that is missing, in that order. */
  am_device_status (*probe)(const am_device_option *options, int32_t option_count, am_device_facts *out_facts);

  am_device_status (*open)(const am_device_option *options, int32_t option_count, am_device **out_device);
  /* Never blocks. Afterwards nothing of the device is usable. Runs that are still in flight have been parked. */
  void (*close)(am_device **device);
  am_device_status (*facts)(const am_device *device, am_device_facts *out_facts);

  /* Loads the overlay and makes a hardware context for it. The engine loads one program at a time. */
  am_device_status (*program_load)(am_device *device, const am_device_overlay *overlay,
                                   am_device_program **out_program);
  void (*program_close)(am_device_program **program);

  /* Memory that the device sees, for the argument of this place in the kernel's list (0 = first). Filled with zeros. */
  am_device_status (*buffer_open)(am_device_program *program, int32_t argument_index, int64_t bytes,
                                  am_device_buffer **out_buffer);
  /* The host's address of all of it, aligned to 64 bytes, the same as long as the buffer is open. */
  am_device_status (*buffer_map)(am_device_buffer *buffer, void **out_address);
  /* Makes what one side wrote visible to the other. */
  am_device_status (*buffer_sync)(am_device_buffer *buffer, am_device_direction direction, int64_t offset_bytes,
                                  int64_t bytes);
  /* The memory goes when no run refers to it any more. */
  void (*buffer_close)(am_device_buffer **buffer);

  /* A command, prepared once and started any number of times, one at a time. arguments: in the kernel's order. */
  am_device_status (*run_open)(am_device_program *program, const am_device_argument *arguments, int32_t argument_count,
                               am_device_run **out_run);
  /* AM_DEVICE_OK: in flight. AM_DEVICE_BUSY if it already is. */
  am_device_status (*run_start)(am_device_run *run);
  /* AM_DEVICE_OK: completed. AM_DEVICE_HOST_TIMEOUT: still in flight, may be waited for again. Anything else: it has
   * ended, its output is undefined. timeout_ms: 1 to 86400000. */
  am_device_status (*run_wait)(am_device_run *run, int32_t timeout_ms);
  /* Of a run in flight, only the handle goes: the command and all that it refers to are parked, never freed. */
  void (*run_close)(am_device_run **run);

  /* As newly opened, after a failure: a new context; a device that was lost is opened anew, and AM_DEVICE_LOST or
   * AM_DEVICE_NONE while it is away, after which reset may be tried again. Called when every run, buffer and program of
   * the device has been closed. */
  am_device_status (*reset)(am_device *device);

  /* What failed in the last failed call of this thread; "" if none has. Valid until the thread's next call. */
  const char *(*last_error)(void);
} am_device_table;

/* The one symbol that a device's object exports: am_device_table_v1. The table is static. Null: never. */
typedef const am_device_table *(*am_device_table_function)(void);
#define AM_DEVICE_TABLE_SYMBOL "am_device_table_v1"

#ifdef __cplusplus
}
#endif

#endif /* AMANUENSIS_DEVICE_TABLE_H */
