import TestSupport
import Testing

@testable import Git

/// What ssh_config(5) says of a host, in the words of the files that people have.
@Suite struct SSHConfigurationTests {
  typealias Host = SSHConfiguration.Host

  static let table: [(text: String, host: Host)] = [
    ("", Host(name: "work")),
    ("# Host work\nHost other\n  Port 1\n", Host(name: "work")),
    (
      "Host work\n  HostName git.example.test\n  Port 2222\n  User git\n",
      Host(name: "git.example.test", port: 2222, user: "git")
    ),
    ("hostname=git.example.test\nPORT = 7 # x\n", Host(name: "git.example.test", port: 7)),
    ("Host WORK\n\tUser \"a b\"\n", Host(name: "work", user: "a b")),
    ("Host *.test w?rk\n  Port 1\n", Host(name: "work", port: 1)),
    ("Host * !work\n  Port 1\n", Host(name: "work")),
    ("Host !work *\n  Port 1\n", Host(name: "work")),
    // The first word counts.
    ("Port 1\nHost work\n  Port 2\n  User git\n", Host(name: "work", port: 1, user: "git")),
    ("Host *\n  HostName %h.example.test\n", Host(name: "work.example.test")),
    (
      "Host work\n  IdentityFile ~/.ssh/%h_%r\n  IdentityFile /k\n  IdentitiesOnly yes\n  User git\nIdentityFile none\n",
      Host(name: "work", user: "git", identities: ["/home/me/.ssh/work_git", "/k"], hasIdentitiesOnly: true)
    ),
    (
      "UserKnownHostsFile ~/a /b\nHostKeyAlias x\n",
      Host(name: "work", knownHosts: ["/home/me/a", "/b"], keyAlias: "x")
    ),
    ("ProxyJump me@bastion\n", Host(name: "work", proxy: "me@bastion")),
    ("ProxyCommand nc %h 22\n", Host(name: "work", proxy: "nc %h 22")),
    ("Host work\n  ProxyJump none\nHost *\n  ProxyJump b\n", Host(name: "work")),
    ("Match exec true\n  Port 1\nMatch all\n  User git\n", Host(name: "work", user: "git")),
    ("Port no\nHost\nUser\n", Host(name: "work")),
  ]

  @Test(arguments: table.indices) func whatIsSaidOfAHost(_ index: Int) {
    #expect(
      SSHConfiguration(Self.table[index].text).host("work") == Self.table[index].host, "\(Self.table[index].text)")
  }

  @Test func theUserOfTheAddressComesFirst() {
    #expect(SSHConfiguration("User git").host("work", user: "me").user == "me")
  }

  @Test func includedFilesAreRead() throws {
    let scratch = try ScratchFolder()
    try scratch.write("Host work\n  Port 5\n  Include inner\n", to: ".ssh/config.d/a.conf")
    try scratch.write("User git\n", to: ".ssh/inner")
    let main = try scratch.write(
      "Include config.d/*.conf nothing/*\nHost other\n  Include ~/.ssh/only\n", to: ".ssh/config")
    try scratch.write("Port 6\nUser x\n", to: ".ssh/only")
    // One that includes itself ends.
    let own = try scratch.write("Include own\nPort 9\n", to: ".ssh/own")
    func host(_ name: String, _ file: String) -> Host { SSHConfiguration(files: [file], home: scratch.path).host(name) }
    #expect(host("work", main) == Host(name: "work", port: 5, user: "git"))
    #expect(host("other", main) == Host(name: "other", port: 6, user: "x"))
    #expect(host("work", own).port == 9)
    #expect(host("work", scratch.path("gone")) == Host(name: "work"))
  }

  @Test func addressesAreThoseOfTheHostItself() throws {
    let host = Host(name: "git.example.test", port: 2222, user: "git")
    for (text, reached) in [
      ("ssh://work/srv/a.git", "ssh://git@git.example.test:2222/srv/a.git"),
      ("ssh://git@work:22/a", "ssh://git@git.example.test:22/a"),
      ("git@work:/srv/a.git", "ssh://git@git.example.test:2222/srv/a.git"),
    ] {
      #expect(try #require(RemoteAddress(text)).reached(as: host) == reached)
    }
    let short = try #require(RemoteAddress("git@work:team/a.git"))
    #expect(try short.reached(as: Host(name: "x", user: "git")) == "git@x:team/a.git")
    let error = #expect(throws: GitError.self) { try short.reached(as: host) }
    #expect(error?.message.hasSuffix("write ssh://work/team/a.git") == true)
    let plain = try #require(RemoteAddress("git@work:a.git"))
    #expect(try plain.reached(as: Host(name: "work", user: "git")) == plain.text)
    #expect(Repository.address(ofShortForm: "work:a.git")?.hasSuffix("@work:a.git") == true)
    for folder in ["/a:b", "a/b:c", ":a", "a"] { #expect(Repository.address(ofShortForm: folder) == nil) }
  }
}
