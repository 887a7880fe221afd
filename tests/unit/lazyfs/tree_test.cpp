#include "lazyfs/tree.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/temporary_folder.h"

namespace bytepath::lazyfs {
namespace {

using test::TemporaryFolder;

TEST(Tree, OfADirectoryHasAllThatIsBelow) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.at("usr/lib"));
  folder.write("usr/lib/b", "four");
  folder.write("a", "one");
  std::filesystem::create_symlink("usr/lib/b", folder.at("link"));
  const auto tree = Tree::scan(folder.path() + "/").value();
  EXPECT_EQ(tree.nodes(), 6U);
  EXPECT_EQ(tree.bytes(), 7U);
  const Node* file = tree.at("usr/lib/b");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->path, "usr/lib/b");
  EXPECT_EQ(file->bytes(), 4U);
  EXPECT_EQ(tree.find(file->status.st_ino), file);
  EXPECT_EQ(tree.child(file->parent, "b"), file);
  EXPECT_EQ(tree.at("link")->target, "usr/lib/b");
  EXPECT_EQ(tree.at(""), tree.find(Tree::root));
  EXPECT_EQ(tree.at("/usr//lib/"), tree.at("usr/lib"));
  for (const auto* path : {"nothing", "a/b", "usr/lib/b/c", ".."}) {
    EXPECT_EQ(tree.at(path), nullptr) << path;
  }
  EXPECT_EQ(tree.find(0), nullptr);
  EXPECT_EQ(tree.find(tree.nodes() + 1), nullptr);
}

TEST(Tree, OfAFileHasItAlone) {
  const TemporaryFolder folder;
  const auto image = folder.write("base.img", "content");
  folder.write("other.img", "content");
  const auto tree = Tree::scan(image).value();
  EXPECT_EQ(tree.nodes(), 2U);
  EXPECT_NE(tree.at("base.img"), nullptr);
  EXPECT_EQ(tree.find(Tree::root)->children.size(), 1U);
  EXPECT_EQ(std::filesystem::canonical(folder.path()).string(), tree.folder());
}

TEST(Tree, HasLinksToOneFileAsOneNode) {
  const TemporaryFolder folder;
  folder.write("a", "content");
  std::filesystem::create_hard_link(folder.at("a"), folder.at("b"));
  const auto tree = Tree::scan(folder.path()).value();
  EXPECT_EQ(tree.at("a"), tree.at("b"));
  EXPECT_EQ(tree.bytes(), 7U);
}

TEST(Tree, IdentityChangesWithTheFile) {
  const TemporaryFolder folder;
  folder.write("a", "content");
  folder.write("b", "content");
  const auto tree = Tree::scan(folder.path()).value();
  EXPECT_NE(tree.identity(*tree.at("a")), tree.identity(*tree.at("b")));
  folder.write("a", "more content");
  const auto later = Tree::scan(folder.path()).value();
  EXPECT_NE(tree.identity(*tree.at("a")), later.identity(*later.at("a")));
  EXPECT_EQ(tree.identity(*tree.at("b")), later.identity(*later.at("b")));
}

TEST(Tree, RefusesOtherSources) {
  for (const auto* wrong : {"/nowhere", "/dev/null", "/dev/null/x"}) {
    const auto tree = Tree::scan(wrong);
    ASSERT_FALSE(tree.has_value()) << wrong;
    EXPECT_EQ(tree.error().kind, ErrorKind::usage) << wrong;
  }
}

}  // namespace
}  // namespace bytepath::lazyfs
