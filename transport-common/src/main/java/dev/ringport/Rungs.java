// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The transports that are there.
 *
 * @param all Ringport's and Netty's, best first
 * @param ringports how many of them the service loader found
 * @param lost why a provider that should be there is not: a broken services file, or a class that cannot be loaded
 */
record Rungs(List<TransportProvider> all, int ringports, List<Throwable> lost) {
    /** Ringport's own by name: the artifact, and the provider's class. */
    static final Map<String, Known> RINGPORTS = known();

    /** A service loader whose files cannot even be listed fails without end. */
    private static final int MAX_FAILURES = 64;

    private static final String SERVICES = "META-INF/services/" + TransportProvider.class.getName();

    record Known(String artifact, String provider) {}

    private static Map<String, Known> known() {
        Map<String, Known> known = new LinkedHashMap<>();
        known.put("uring", new Known("ringport-transport-iouring-udp", "dev.ringport.uring.UringTransportProvider"));
        known.put("mmsg", new Known("ringport-transport-mmsg-udp", "dev.ringport.mmsg.MmsgTransportProvider"));
        known.put("iocp", new Known("ringport-transport-iocp", "dev.ringport.iocp.IocpTransportProvider"));
        return known;
    }

    /** Every name that a transport may have, whether it is there or not. */
    List<String> names() {
        return Stream
                .of(
                        RINGPORTS.keySet().stream(), NettyTransport.ALL.stream().map(TransportProvider::name),
                        all.stream().map(TransportProvider::name))
                .flatMap(names -> names)
                .distinct()
                .toList();
    }

    Optional<TransportProvider> named(String name) {
        return Stream.concat(all.stream(), NettyTransport.ALL.stream())
                .filter(transport -> transport.name().equals(name))
                .findFirst();
    }

    /** Looks for them. */
    static Rungs find(@Nullable ClassLoader loader) {
        List<Throwable> lost = new ArrayList<>();
        List<TransportProvider> all = new ArrayList<>();
        addServices(loader, all, lost);
        addUnnamed(loader, all, lost);
        int ringports = all.size();
        NettyTransport.of(System.getProperty("os.name")).forEach(all::add);
        all.add(new NioTransport());
        all.sort(Comparator.comparingInt(Rungs::height).reversed());
        return new Rungs(List.copyOf(all), ringports, List.copyOf(lost));
    }

    private static int height(TransportProvider transport) {
        return Math.max(transport.rank(), transport.connectionRank());
    }

    private static void addServices(
            @Nullable ClassLoader loader, List<TransportProvider> all, List<Throwable> lost) {
        Iterator<TransportProvider> services = ServiceLoader.load(TransportProvider.class, loader).iterator();
        while (lost.size() < MAX_FAILURES) {
            try {
                if (!services.hasNext()) {
                    return;
                }
                TransportProvider found = services.next();
                // One that cannot say where it stands is no rung.
                int _ = height(found);
                all.add(found);
            } catch (ServiceConfigurationError | LinkageError | RuntimeException broken) {
                lost.add(broken);
            }
        }
    }

    /** A fat jar that keeps one of several services files leaves the classes of the others, which nothing names. */
    private static void addUnnamed(
            @Nullable ClassLoader loader, List<TransportProvider> all, List<Throwable> lost) {
        if (loader == null) {
            return;
        }
        String named = services(loader);
        RINGPORTS.forEach((name, known) -> {
            String provider = known.provider();
            boolean isThere = loader.getResource(provider.replace('.', '/') + ".class") != null;
            boolean isFound = all.stream().anyMatch(found -> found.getClass().getName().equals(provider));
            boolean isTold = lost.stream().anyMatch(failure -> failure.toString().contains(provider));
            if (isThere && !isFound && !isTold && !named.contains(provider)) {
                lost.add(
                        new ServiceConfigurationError(
                                name + ": the class " + provider + " is there, but no file " + SERVICES
                                        + " names it; where jars are merged, so must these files be"));
            }
        });
    }

    /** All services files, one behind the other. */
    private static String services(ClassLoader loader) {
        StringBuilder text = new StringBuilder();
        try {
            for (URL file : Collections.list(loader.getResources(SERVICES))) {
                try (InputStream content = file.openStream()) {
                    text.append(new String(content.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
                }
            }
        } catch (IOException unreadable) {
            // The service loader has met it too.
        }
        return text.toString();
    }
}
