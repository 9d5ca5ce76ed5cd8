// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

/** Netty's DNS resolver on the channels that fit a loop. */
module dev.ringport.dns {
    requires static org.jspecify;
    requires transitive dev.ringport.common;
    requires transitive io.netty.resolver.dns;
    requires transitive io.netty.transport;

    exports dev.ringport.dns;
}
