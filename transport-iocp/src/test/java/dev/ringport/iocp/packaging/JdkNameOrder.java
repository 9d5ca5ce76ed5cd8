// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.packaging;

import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/** Prints in which order the JDK's lookups want addresses. It tells its resolver, which this is. */
public final class JdkNameOrder extends InetAddressResolverProvider implements InetAddressResolver {
    /** Called by the service loader. */
    public JdkNameOrder() {}

    public static void main(String[] args) throws Exception {
        InetAddress[] _ = InetAddress.getAllByName("asked.example");
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return this;
    }

    @Override
    public String name() {
        return "prints the order";
    }

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) {
        if ((policy.characteristics() & LookupPolicy.IPV6_FIRST) != 0) {
            System.out.println("INET6");
        } else {
            System.out.println((policy.characteristics() & LookupPolicy.IPV4_FIRST) != 0 ? "INET" : "SYSTEM");
        }
        return Stream.of(InetAddress.getLoopbackAddress());
    }

    @Override
    public String lookupByAddress(byte[] address) {
        throw new AssertionError("nobody asks");
    }
}
