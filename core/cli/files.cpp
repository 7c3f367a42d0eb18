// Files of the command line.
#include "core/cli/files.hpp"

#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/card/card_documents.hpp"

namespace anyslice::cli {

namespace fs = std::filesystem;

namespace {

// The file system's own functions throw for names that are too long, links in circles and folders without permission.
bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

bool is_directory(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace

std::vector<std::uint8_t> read_file(const std::string& path) {
  if (is_directory(path)) throw InputError(path, "", "is a folder; expected a file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw InputError(path, "",
                     errno == ENOENT || errno == 0 ? std::string("cannot be read: there is no such file")
                     : errno == EACCES             ? std::string("cannot be read: permission denied")
                                                   : std::string("cannot be read: ") + std::strerror(errno));
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string read_text(const std::string& path) {
  const auto bytes = read_file(path);
  return {bytes.begin(), bytes.end()};
}

namespace {

/// Writes `path`; messages speak of `name`.
void write_as(const std::string& name, const std::string& path, const std::vector<std::uint8_t>& bytes) {
  const fs::path target(path);
  std::error_code error;
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  if (error) throw InputError(name, "", "cannot be written: its folder cannot be made: " + error.message());
  // Several processes may write the same file at once, each through its own temporary.
  const std::string temporary = path + "." + std::to_string(getpid()) + ".part";
  const auto give_up = [&](const std::string& reason) {
    fs::remove(temporary, error);
    throw InputError(name, "", "cannot be written: " + reason);
  };
  {
    errno = 0;
    std::ofstream file(temporary, std::ios::binary);
    if (!file) give_up(std::strerror(errno));
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) give_up(std::strerror(errno != 0 ? errno : EIO));
  }
  fs::rename(temporary, target, error);
  if (error) give_up(error.message());
}

}  // namespace

void write_file(const std::string& path, const std::vector<std::uint8_t>& bytes) { write_as(path, path, bytes); }

void check_writable(const std::string& path) {
  if (is_directory(path)) throw InputError(path, "", "cannot be written: it is a folder");
  const std::string probe = path + "." + std::to_string(getpid()) + ".part";
  write_as(path, probe, {});
  std::error_code error;
  fs::remove(probe, error);
}

std::vector<std::uint8_t> gunzip(std::vector<std::uint8_t> bytes, const std::string& source) {
  if (bytes.size() < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b) return bytes;
  z_stream stream{};
  constexpr int kGzipOnly = 16;
  if (inflateInit2(&stream, MAX_WBITS + kGzipOnly) != Z_OK) throw InputError(source, "", "cannot be decompressed");
  stream.next_in = bytes.data();
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::vector<std::uint8_t> result;
  std::vector<std::uint8_t> buffer(1 << 20);
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = buffer.data();
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    result.insert(result.end(), buffer.begin(), buffer.end() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (status == Z_STREAM_END && stream.avail_in > 0)
    throw InputError(source, "", "has data after the end of its gzip stream");
  if (status != Z_STREAM_END) throw InputError(source, "", "is a damaged or truncated gzip file");
  return result;
}

std::vector<std::uint8_t> gzip(const std::vector<std::uint8_t>& bytes, const ProgressCallback& progress) {
  z_stream stream{};
  constexpr int kGzip = 16, kMemoryLevel = 9;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::runtime_error("zlib could not start");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
  std::vector<std::uint8_t> result(deflateBound(&stream, bytes.size()));
  stream.next_out = result.data();
  stream.avail_out = static_cast<uInt>(result.size());
  constexpr std::size_t kPart = 1 << 20;
  for (std::size_t done = 0; done < bytes.size() || done == 0; done += kPart) {
    report_progress(progress, static_cast<double>(done) / static_cast<double>(bytes.size() + 1));
    const std::size_t size = std::min(kPart, bytes.size() - done);
    stream.next_in = const_cast<std::uint8_t*>(bytes.data() + done);
    stream.avail_in = static_cast<uInt>(size);
    deflate(&stream, done + size == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
  }
  result.resize(stream.total_out);
  return result;
}

std::string data_directory() {
  const char* chosen = std::getenv("ANYSLICE_DATA");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  // A command from a release has its cards beside it. Where the system does not say where it is, the variable helps.
  std::error_code unknown;
  const fs::path beside = fs::read_symlink("/proc/self/exe", unknown).parent_path() / "data";
  return !unknown && fs::is_directory(beside / "analyses", unknown) ? beside.string() : ANYSLICE_DATA_DIRECTORY;
}

std::vector<std::string> built_in_cards() {
  const std::string index = data_directory() + "/analyses/index.json";
  const Json document = parse_json(read_text(index), index);
  std::vector<std::string> names;
  for (const auto& file : JsonReader(document, index).texts()) names.push_back(fs::path(file).stem().string());
  return names;
}

std::string find_card(const std::string& card) {
  if (card.ends_with(".json") || card.find('/') != std::string::npos) {
    if (!exists(card)) throw InputError(card, "", "cannot be read: there is no such file");
    return fs::absolute(card).lexically_normal().string();
  }
  const auto names = built_in_cards();
  for (const auto& name : names) {
    if (name == card) return fs::absolute(data_directory() + "/analyses/" + name + ".json").lexically_normal().string();
  }
  throw InputError(card, "", "is neither a card file nor a built-in analysis (" + join_choices(names) + ")");
}

generate::Recipe load_recipe(const std::string& path, const std::function<void(Json&)>& change) {
  Json document = parse_json(read_text(path), path);
  if (!document.is_object()) throw InputError(path, "", "expected a JSON object: a recipe");
  if (change) change(document);
  std::map<std::string, std::string> texts;
  for (const auto& [name, address] : generate::Recipe::input_addresses(document, path)) {
    if (!exists(address)) {
      throw InputError(path, "inputs." + name, "leads to " + address + ", which does not exist");
    }
    texts[name] = read_text(address);
  }
  return generate::Recipe::parse(std::move(document), path, texts);
}

CardDocuments load_documents(const std::string& path) {
  CardDocuments documents;
  for (auto missing = missing_documents(documents, path); !missing.empty();
       missing = missing_documents(documents, path)) {
    for (const auto& address : missing) {
      // What is missing after the card itself is what it extends.
      if (!exists(address)) throw InputError(path, "extends", address + " cannot be read: there is no such file");
      documents[address] = read_text(address);
    }
  }
  return documents;
}

namespace {

/// A word of a command to be pasted into a POSIX shell, where blanks and the like part words or mean something.
std::string shell_word(const std::string& text) {
  static const std::string plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char letter : text) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

void attach(api::Analysis& analysis, const TableReference& table, const std::string& field) {
  if (!exists(table.url)) {
    const std::string remedy = exists(table.recipe) ? "; \"anyslice generate " + shell_word(table.recipe) + " -o " +
                                                          shell_word(table.url) + "\" makes it"
                                                    : "; it is relative to the card";
    throw InputError(analysis.model().card().source, field + ".url",
                     "leads to " + table.url + ", which does not exist" + remedy);
  }
  analysis.attach_table(table.name, gunzip(read_file(table.url), table.url), table.url);
}

}  // namespace

std::unique_ptr<api::Analysis> open_analysis(const std::string& card, bool with_table) {
  const std::string path = find_card(card);
  auto analysis = std::make_unique<api::Analysis>(load_documents(path), path);
  if (with_table) {
    for (const auto& table : analysis->model().card().tables) attach(*analysis, table, "tables." + table.name);
  }
  return analysis;
}

void attach_display(api::Analysis& analysis) {
  if (const auto& display = analysis.model().card().display) attach(analysis, display->table, "display.table");
}

}  // namespace anyslice::cli
