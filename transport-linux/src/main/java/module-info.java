// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** What Ringport's transports for Linux share. */
module dev.ringport.transport.linux {
    requires static io.netty.transport.unix.common;
    requires static org.jspecify;
    requires transitive dev.ringport.common;
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;

    exports dev.ringport.linux.abi to
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.linux.channel to
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.linux.receive to
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.linux.send to
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
    exports dev.ringport.linux.socket to
            dev.ringport.transport.mmsg,
            dev.ringport.transport.uring;
}
