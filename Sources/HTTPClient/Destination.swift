internal import Clibcurl
import Glibc

/// What kind of place an IP address is, as far as it matters for whom we speak to.
enum Destination: Equatable {
  case loopback
  /// Addresses that name no server of their own: link-local (the metadata services of clouds), unspecified, multicast.
  case forbidden
  case elsewhere

  init(ipv4 bytes: [UInt8]) {
    switch (bytes[0], bytes[1]) {
    case (127, _): self = .loopback
    case (0, _), (169, 254), (224..., _): self = .forbidden
    default: self = .elsewhere
    }
  }

  init(ipv6 bytes: [UInt8]) {
    // An IPv4 address inside an IPv6 one (RFC 4291 §2.5.5.2, RFC 6052 §2.1) is that IPv4 address.
    let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
    if bytes.starts(with: mapped) || bytes.starts(with: translated) {
      self.init(ipv4: Array(bytes[12...]))
    } else if bytes[..<15].allSatisfy({ $0 == 0 }) {
      self = bytes[15] == 1 ? .loopback : .forbidden
    } else if bytes[0] == 0xFF || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80) {
      self = .forbidden
    } else {
      self = .elsewhere
    }
  }

  /// Nil for what is no IP address.
  init?(_ address: UnsafePointer<curl_sockaddr>) {
    guard let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
    let start = UnsafeRawPointer(address) + offset
    switch address.pointee.family {
    case AF_INET:
      let place = start.loadUnaligned(as: sockaddr_in.self).sin_addr
      self.init(ipv4: withUnsafeBytes(of: place) { Array($0) })
    case AF_INET6:
      let place = start.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      self.init(ipv6: withUnsafeBytes(of: place) { Array($0) })
    default: return nil
    }
  }
}
