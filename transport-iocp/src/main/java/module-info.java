// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** UDP and TCP over Winsock overlapped I/O and a completion port, for Netty 4.2.9 and newer. */
module dev.ringport.transport.iocp {
    requires static io.netty.codec.classes.quic;
    requires static io.netty.transport.unix.common;
    requires static org.jspecify;
    requires transitive dev.ringport.common;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.resolver;
    requires transitive io.netty.transport;

    exports dev.ringport.iocp;

    provides dev.ringport.TransportProvider with
            dev.ringport.iocp.IocpTransportProvider;
}
