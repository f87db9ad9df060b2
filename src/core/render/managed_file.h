// What zprov manages on the host, as values: a whole file of its own, or a marked block in a file
// that belongs to others. Which files there are for a spec: managed_files.h.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace zprov::render {

// zprov owns the file.
struct WholeFile {
  std::string content;
  uint32_t mode = 0644;

  bool operator==(const WholeFile&) const = default;
};

// Somebody may own the file: it is written only where there is none.
struct SeedFile {
  std::string content;
  uint32_t mode = 0644;

  bool operator==(const SeedFile&) const = default;
};

// One marked piece of a file that belongs to others.
struct Block {
  // kBeforeExit: before the last line "exit 0". kNowhere: it goes, and the procedure's lines too.
  enum class Place { kTop, kEnd, kBeforeExit, kNowhere };
  std::string id;  // tells the blocks of one file apart; part of the marker
  Place place = Place::kEnd;
  std::string content{};  // without markers; each line ends with '\n'
  // The procedure's own text for the same purpose, which an adopted host has without markers.
  // kLines: each line is recognised wherever it stands. kSequence: only all of them, in order.
  enum class Recognise { kLines, kSequence };
  Recognise recognise = Recognise::kLines;
  std::string procedure{};

  bool operator==(const Block&) const = default;
};

struct BlockFile {
  std::vector<Block> blocks;
  uint32_t mode = 0644;       // of a file that zprov has to make
  std::string new_file{};     // what a file that zprov has to make holds besides the blocks
  std::string starts_once{};  // a program that no line outside the blocks may start; empty: none

  bool operator==(const BlockFile&) const = default;
};

struct ManagedFile {
  std::string name;  // as `render NAME` takes it: "hosts", "cmdline:s0"
  std::string path;  // where it lives; empty: made on request only
  std::variant<WholeFile, SeedFile, BlockFile> body;

  bool operator==(const ManagedFile&) const = default;
};

// What `render NAME` prints: the content without markers, blocks in file order.
std::string PlainContent(const ManagedFile& file);

}  // namespace zprov::render
