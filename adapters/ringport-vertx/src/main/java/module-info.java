// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** A transport for Vert.x 5. */
module dev.ringport.vertx {
    requires io.netty.transport;
    requires io.netty.transport.unix.common;
    requires static org.jspecify;
    requires transitive dev.ringport.common;
    requires transitive io.vertx.core;

    exports dev.ringport.vertx;
}
