// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// Which file answers which path.
#include "php/native/front_controller.hpp"
#include "php/native/link/media_type.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace {

using kraken::php::choose_file;
using kraken::php::chosen_file;
using kind = chosen_file::kind;

class document_root {
public:
  document_root() {
    std::string pattern = std::filesystem::temp_directory_path() / "kraken-root-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~document_root() { std::filesystem::remove_all(path); }
  document_root(const document_root&) = delete;
  document_root& operator=(const document_root&) = delete;

  void add(const std::string& name) const {
    const auto file = path + "/" + name;
    std::filesystem::create_directories(std::filesystem::path{file}.parent_path());
    std::ofstream{file} << name;
  }

  std::string path;
};

} // namespace

TEST_CASE("files, scripts, folders and everything else") {
  const document_root root;
  for (const auto* name : {"index.php",
                           "a.css",
                           "admin/index.php",
                           "docs/index.html",
                           "empty/x",
                           "app.php",
                           ".env",
                           ".git/config",
                           ".well-known/acme",
                           "config.php~",
                           "config.php.bak",
                           "view.phtml",
                           "OLD.PHP",
                           "lib.INC",
                           "app.phar",
                           "x.php5",
                           "a.php.Bak",
                           "phpinfo.txt",
                           "a.phpx",
                           "a.php_",
                           "a.php-",
                           "a.php.1",
                           "a.PHP.disabled",
                           "_a.php.tmp",
                           "#a.php#",
                           "a.phtm",
                           "a.module",
                           "a.inc.bak",
                           "a.b.php.rej",
                           "odd.php/inner.php"}) {
    root.add(name);
  }
  struct row {
    std::string path;
    kind what;
    std::string name;
    std::string info;
  };
  const auto one = GENERATE(values<row>({
      {"/", kind::script, "/index.php", ""},
      {"/a.css", kind::plain, "", ""},
      {"/app.php", kind::script, "/app.php", ""},
      {"/app.php/more/x", kind::script, "/app.php", "/more/x"},
      {"/app.php/", kind::script, "/app.php", "/"},
      {"/odd.php/inner.php/i", kind::script, "/odd.php/inner.php", "/i"},
      {"/admin", kind::redirect, "", ""},
      {"/admin/", kind::script, "/admin/index.php", ""},
      {"/docs/", kind::plain, "", ""},
      {"/empty/", kind::script, "/index.php", ""},
      {"/none/at/all", kind::script, "/index.php", ""},
      {"/none.php/x", kind::script, "/index.php", ""},
      {"/.env", kind::script, "/index.php", ""},
      {"/.git/config", kind::script, "/index.php", ""},
      {"/config.php~", kind::script, "/index.php", ""},
      {"/config.php.bak", kind::script, "/index.php", ""},
      {"/view.phtml", kind::script, "/index.php", ""},
      {"/OLD.PHP", kind::script, "/index.php", ""},
      {"/lib.INC", kind::script, "/index.php", ""},
      {"/app.phar", kind::script, "/index.php", ""},
      {"/x.php5", kind::script, "/index.php", ""},
      {"/a.php.Bak", kind::script, "/index.php", ""},
      {"/a.php_", kind::script, "/index.php", ""},
      {"/a.php-", kind::script, "/index.php", ""},
      {"/a.php.1", kind::script, "/index.php", ""},
      {"/a.PHP.disabled", kind::script, "/index.php", ""},
      {"/_a.php.tmp", kind::script, "/index.php", ""},
      {"/#a.php#", kind::script, "/index.php", ""},
      {"/a.phtm", kind::script, "/index.php", ""},
      {"/a.module", kind::script, "/index.php", ""},
      {"/a.inc.bak", kind::script, "/index.php", ""},
      {"/a.b.php.rej", kind::script, "/index.php", ""},
      {"/app.php/a.php_b", kind::script, "/app.php", "/a.php_b"},
      {"/a.phpx", kind::plain, "", ""},
      {"/phpinfo.txt", kind::plain, "", ""},
      {"/.well-known/acme", kind::plain, "", ""},
      {"/admin/../.env", kind::script, "/index.php", ""},
      {"/../outside", kind::script, "/index.php", ""},
      {std::string{"/a.css\0.php", 11}, kind::script, "/index.php", ""},
      {"*", kind::script, "/index.php", ""},
      {"", kind::script, "/index.php", ""},
  }));
  const auto chosen = choose_file(root.path, one.path);
  CAPTURE(one.path, chosen.file);
  CHECK(chosen.what == one.what);
  CHECK(chosen.name == one.name);
  CHECK(chosen.path_info == one.info);
  if (chosen.what == kind::script) {
    CHECK(chosen.file == root.path + one.name);
  }
}

TEST_CASE("what is left of a script of any name is not sent, what only looks so is") {
  const document_root root;
  const auto [name, is_sent] = GENERATE(table<std::string, bool>({
      {"v.phtml~", false},
      {"V.PHTML.bak", false},
      {"a.php5~", false},
      {"a.php7.bak", false},
      {"a.php6", false},
      {"a.inc.orig", false},
      {"a.inc.save", false},
      {"lib.phar.old", false},
      {"a.pht-", false},
      {"a.phps.1", false},
      {"x.module.css.old", false},
      {"x.module~", false},
      {"three.module.min.js", true},
      {"page.inc.css", true},
      {"page.module.css.map", true},
      {"a.phps1.txt", true},
  }));
  root.add(name);
  CAPTURE(name);
  CHECK(choose_file(root.path, "/" + name).what == (is_sent ? kind::plain : kind::none));
}

TEST_CASE("without a front controller nothing answers for what is not there") {
  const document_root root;
  root.add("a.txt");
  CHECK(choose_file(root.path, "/b").what == kind::none);
  CHECK(choose_file(root.path, "/").what == kind::none);
  CHECK(choose_file(root.path, "/a.txt").file == root.path + "/a.txt");
}

TEST_CASE("media types follow the end of a name") {
  CHECK(kraken::php::media_type("/x/a.css") == "text/css");
  CHECK(kraken::php::media_type("/x/a.woff2") == "font/woff2");
  CHECK(kraken::php::media_type("/x/IMG_1.JPG") == "image/jpeg");
  CHECK(kraken::php::media_type("/x/a.docx").ends_with("wordprocessingml.document"));
  CHECK(kraken::php::media_type("/x/a.7z") == "application/x-7z-compressed");
  CHECK(kraken::php::media_type("/x/a.z") == "application/octet-stream");
  CHECK(kraken::php::media_type("/x.css/none") == "application/octet-stream");
  CHECK(kraken::php::media_type("") == "application/octet-stream");
}

TEST_CASE("a folder's slash is added to the path, on the host that was asked") {
  using kraken::php::folder_target;
  CHECK(folder_target("/sub") == "/sub/");
  CHECK(folder_target("/sub?a=1?/") == "/sub/?a=1?/");
  CHECK(folder_target("//evil.example/sub") == "/evil.example/sub/");
  CHECK(folder_target("http://h:80/sub?a=http://x/") == "/sub/?a=http://x/");
  CHECK(folder_target("http://h//evil.example") == "/evil.example/");
  CHECK(folder_target("https://h?a=/b") == "/?a=/b");
  CHECK(folder_target("/caf\xc3\xa9%20/x?\xc3\xa9") == "/caf%C3%A9%20/x/?\xc3\xa9");
  CHECK(folder_target("http://h") == "/");
}
