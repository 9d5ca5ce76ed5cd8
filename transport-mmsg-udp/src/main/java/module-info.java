// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** UDP for Netty, many datagrams a system call, on any Linux. */
module dev.ringport.transport.mmsg {
    requires dev.ringport.transport.linux;
    requires static io.netty.codec.classes.quic;
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.classes.io_uring;
    requires static io.netty.transport.unix.common;
    requires static org.jspecify;
    requires transitive dev.ringport.common;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;

    exports dev.ringport.mmsg;

    provides dev.ringport.TransportProvider with
            dev.ringport.mmsg.MmsgTransportProvider;
}
