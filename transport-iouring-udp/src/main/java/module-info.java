// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** UDP over io_uring for Netty 4.2.9 and newer. */
module dev.ringport.transport.uring {
    requires static io.netty.codec.classes.quic;
    requires static io.netty.transport.unix.common;
    requires static org.jspecify;
    requires dev.ringport.transport.linux;
    requires transitive dev.ringport.common;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;

    exports dev.ringport.uring;

    provides dev.ringport.TransportProvider with
            dev.ringport.uring.UringTransportProvider;
}
