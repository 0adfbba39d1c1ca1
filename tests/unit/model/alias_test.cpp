// SPDX-License-Identifier: BSD-3-Clause
/// @file
/// What may be an alias, and which container a short alias means.
#include "kraken/model/alias.hpp"

#include "kraken/base/limits.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace model = kraken::model;
using kraken::errc;

TEST_CASE("check_alias") {
  auto [alias, fault] = GENERATE(table<std::string, std::string>({
      {"Main", ""},
      {"w3", ""},
      {"_x", ""},
      {"9lives", ""},
      {"a.b-c_d:e", ""},
      {std::string(128, 'a'), ""},
      {"", "alias '': is empty"},
      {std::string(129, 'a'),
       "alias '" + std::string(128, 'a') + "': is longer than 128 characters"},
      {"-x", "alias '-x': does not begin with one of A-Z a-z 0-9 _"},
      {".x", "alias '.x': does not begin with one of A-Z a-z 0-9 _"},
      {"a b", "alias 'a b': has other characters than A-Z a-z 0-9 _ - . :"},
      {"a/b", "alias 'a/b': has other characters than A-Z a-z 0-9 _ - . :"},
      {"h\xC3\xA9", "alias 'h\xC3\xA9': has other characters than A-Z a-z 0-9 _ - . :"},
      {"{", "alias '{': does not begin with one of A-Z a-z 0-9 _"},
      {"[", "alias '[': does not begin with one of A-Z a-z 0-9 _"},
  }));
  const auto checked = model::check_alias(alias);
  CAPTURE(alias);
  REQUIRE(checked.has_value() == fault.empty());
  if (!checked) {
    CHECK(checked.error().code == errc::invalid_argument);
    CHECK(checked.error().context == fault);
  }
}

TEST_CASE("check_path") {
  CHECK(model::check_path("Main"));
  CHECK(model::check_path("Main/web/w3"));
  CHECK(model::check_path("").error().context == "alias '': is empty");
  CHECK(model::check_path("Main//w3").error().context == "alias '': is empty");
  CHECK(model::check_path("Main/").error().context == "alias '': is empty");
  CHECK(model::check_path("/Main").error().context == "alias '': is empty");
  std::string deep = "a";
  for (std::size_t i = 1; i < kraken::limits::tree_depth_max; ++i) {
    deep += "/a";
  }
  CHECK(model::check_path(deep));
  deep += "/a";
  CHECK(model::check_path(deep).error().context ==
        "path '" + deep + "' is deeper than 16 segments");
}

TEST_CASE("paths come apart and together") {
  CHECK(model::join_path("", "Main") == "Main");
  CHECK(model::join_path("Main", "web") == "Main/web");
  CHECK(model::alias_of("Main/web/w3") == "w3");
  CHECK(model::alias_of("Main") == "Main");
  CHECK(model::parent_of("Main/web/w3") == "Main/web");
  CHECK(model::parent_of("Main").empty());
  CHECK(model::depth_of("") == 0);
  CHECK(model::depth_of("Main") == 1);
  CHECK(model::depth_of("Main/web/w3") == 3);
  CHECK(model::is_below("Main/web", "Main"));
  CHECK_FALSE(model::is_below("Main", "Main"));
  CHECK_FALSE(model::is_below("Mainly", "Main"));
  CHECK_FALSE(model::is_below("Other/Main", "Main"));
}

TEST_CASE("resolve: whole paths, short aliases, and what is wrong with the others") {
  const std::vector<std::string> paths{"Main",
                                       "Main/web",
                                       "Main/web/w1",
                                       "Main/web/w2",
                                       "Main/api",
                                       "Main/api/w1",
                                       "Main/api/w4",
                                       "Main/mail",
                                       "Main/mail/w1"};
  auto [wanted, path, fault] = GENERATE(table<std::string, std::string, std::string>({
      {"Main", "Main", ""},
      {"Main/api/w1", "Main/api/w1", ""},
      {"w2", "Main/web/w2", ""},
      {"api/w1", "Main/api/w1", ""},
      {"web", "Main/web", ""},
      {"w1",
       "",
       "ambiguous: 'w1' names 3 containers: 'Main/api/w1', 'Main/mail/w1', 'Main/web/w1'; name one "
       "by its path"},
      {"T9", "", "not_found: no container 'T9'"},
      {"wbe", "", "not_found: no container 'wbe' (did you mean 'web'?)"},
      {"Main/wbe", "", "not_found: no container 'Main/wbe' (did you mean 'Main/web'?)"},
      {"eb", "", "not_found: no container 'eb' (did you mean 'web'?)"},
      {"Main.web", "", "not_found: no container 'Main.web' (did you mean 'Main/web'?)"},
      {"x.yz", "", "not_found: no container 'x.yz'"},
      {"/w1", "", "not_found: no container '/w1'"},
      {"", "", "not_found: no container ''"},
  }));
  CAPTURE(wanted);
  const auto found = model::resolve(wanted, paths);
  if (found) {
    CHECK(*found == path);
    CHECK(fault.empty());
  } else {
    CHECK(found.error().text() == fault);
  }
}

TEST_CASE("resolve: a long list of candidates is cut") {
  std::vector<std::string> paths;
  for (int i = 0; i < 7; ++i) {
    paths.push_back("Main/p" + std::to_string(i) + "/w");
  }
  CHECK(model::resolve("w", paths).error().context ==
        "'w' names 7 containers: 'Main/p0/w', 'Main/p1/w', 'Main/p2/w', 'Main/p3/w', "
        "'Main/p4/w', ...; name one by its path");
}

TEST_CASE("what a container means by a name: the path, a child of its own, a sibling") {
  using paths = std::vector<std::string>;
  auto [wanted, asker, tried] = GENERATE(table<std::string, std::string, paths>({
      {"a", "", {"a"}},
      {"a", "Main", {"a", "Main/a"}},
      {"a", "Main/D", {"a", "Main/D/a", "Main/a"}},
      {"a", "Main/D/E", {"a", "Main/D/E/a", "Main/D/a"}},
      {"web/a", "Main/D", {"web/a", "Main/D/web/a", "Main/web/a"}},
      {"Main/a", "Main/D", {"Main/a", "Main/D/Main/a", "Main/Main/a"}},
      {"", "Main/D", {}},
  }));
  CAPTURE(wanted, asker);
  CHECK(model::paths_meant_first(wanted, asker) == tried);
}

TEST_CASE("a glob is held against the last segments of a path, each by itself") {
  struct row {
    std::string glob;
    std::string path;
    bool matches;
  };
  const auto at = GENERATE(row{"*", "Main/web/w1", true},
                           row{"w?", "Main/web/w1", true},
                           row{"w?", "Main/web/w12", false},
                           row{"w?", "Main/web/w", false},
                           row{"web/*", "Main/web/w1", true},
                           row{"web/*", "Main/other/w1", false},
                           row{"web/*", "w1", false},
                           row{"Main/*/w1", "Main/web/w1", true},
                           row{"Main/*", "Main/web/w1", false},
                           row{"*a*b", "xaxbxb", true},
                           row{"*a*b", "xaxbxc", false},
                           row{"a**", "a", true},
                           row{"a*b*", "ab", true},
                           row{"exact", "Main/exact", true});
  CAPTURE(at.glob, at.path);
  CHECK(model::matches_glob(at.glob, at.path) == at.matches);
}

TEST_CASE("a part of the tree is what a target means and everything below") {
  struct row {
    std::string path;
    std::string target;
    bool part;
  };
  const auto at = GENERATE(row{"Main/web/w1", "web", true},
                           row{"Main/web/w1", "Main", true},
                           row{"Main/web/w1", "w1", true},
                           row{"Main/web/w1", "web/w*", true},
                           row{"Main/web/w1", "w*", true},
                           row{"Main/web", "w1", false},
                           row{"Main/web/w1", "eb", false},
                           row{"nobody", "nobody", true},
                           row{"", "*", false},
                           row{"Main/web", "", false});
  CAPTURE(at.path, at.target);
  CHECK(model::is_part_of(at.path, at.target) == at.part);
}

TEST_CASE("what is a glob") {
  CHECK(model::is_glob("web/*"));
  CHECK(model::is_glob("w?"));
  CHECK_FALSE(model::is_glob("web/w1"));
}
