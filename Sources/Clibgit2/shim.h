#pragma once
#include <fcntl.h>
#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

#if LIBGIT2_VER_MAJOR < 1 || (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 5)
#error "Purser needs libgit2 1.5 or newer"
#endif

/* git_libgit2_opts is variadic, which Swift cannot call. */
static inline int purser_git_fsync_gitdir(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}

/* Whether a file holds a whole zlib stream, or cannot be opened: that others find out by themselves. */
static inline int purser_git_is_whole(const char *path) {
  unsigned char packed[16384], plain[16384];
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 1;
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  int state = inflateInit(&stream);
  while (state == Z_OK || state == Z_BUF_ERROR) {
    if (stream.avail_in == 0) {
      ssize_t count = read(file, packed, sizeof packed);
      if (count <= 0) break;
      stream.next_in = packed;
      stream.avail_in = (unsigned)count;
    }
    stream.next_out = plain;
    stream.avail_out = sizeof plain;
    state = inflate(&stream, Z_NO_FLUSH);
  }
  inflateEnd(&stream);
  close(file);
  return state == Z_STREAM_END;
}

/* A file in memory, closed in programs that are started; memfd_create(2) is declared for GNU sources only, as which this is not
   read. */
static inline int purser_memory_file(void) { return (int)syscall(SYS_memfd_create, "purser", 1U); }
