// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Programs that show Ringport at work. */
module dev.ringport.examples {
    requires dev.ringport.common;
    requires dev.ringport.transport.uring;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires static dev.ringport.transport.iocp;
    requires static dev.ringport.transport.mmsg;
    requires static io.netty.codec;
    requires static io.netty.codec.http;
    requires static io.netty.handler;
    requires static io.netty.transport.unix.common;
    requires static org.jspecify;
}
