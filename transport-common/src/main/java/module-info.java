// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What Ringport's transports share. Native access is enabled for this module alone. */
module dev.ringport.common {
    requires static io.netty.codec.classes.quic;
    requires static io.netty.transport.unix.common;
    requires static org.jspecify;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;

    exports dev.ringport;
    exports dev.ringport.datagram to
            dev.ringport.transport.iocp,
            dev.ringport.transport.linux,
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.datagram.receive to
            dev.ringport.transport.iocp,
            dev.ringport.transport.linux,
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.datagram.send to
            dev.ringport.transport.iocp,
            dev.ringport.transport.linux,
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.ffm to
            dev.ringport.transport.iocp,
            dev.ringport.transport.linux,
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.loop to
            dev.ringport.transport.iocp,
            dev.ringport.transport.linux,
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.net to
            dev.ringport.transport.iocp,
            dev.ringport.transport.linux,
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;

    uses dev.ringport.TransportProvider;
}
