// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Segmented datagrams for Netty's QUIC codec. */
module dev.ringport.quic {
    requires static org.jspecify;
    requires io.netty.buffer;
    requires io.netty.transport.unix.common;
    requires transitive io.netty.codec.classes.quic;
    requires transitive io.netty.transport;

    exports dev.ringport.quic;
}
