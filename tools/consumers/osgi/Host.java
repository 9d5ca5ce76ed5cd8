// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Starts the bundles of some folders in an OSGi framework, and runs the consumer, which is one of them. */
final class Host {
    private Host() {}

    public static void main(String[] args) throws Exception {
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(
                        Map.of(
                                Constants.FRAMEWORK_STORAGE, args[0],
                                // The framework may be older than the JVM.
                                Constants.FRAMEWORK_SYSTEMCAPABILITIES_EXTRA, "osgi.ee; osgi.ee=JavaSE; version:Version=25",
                                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "sun.misc"));
        framework.start();
        BundleContext context = framework.getBundleContext();
        List<Bundle> bundles = new ArrayList<>();
        for (String folder : args[1].split(File.pathSeparator)) {
            for (File jar : new File(folder).listFiles()) {
                bundles.add(context.installBundle(jar.toURI().toString()));
            }
        }
        for (Bundle bundle : bundles) {
            bundle.start();
        }
        for (Bundle bundle : bundles) {
            if ("consumer".equals(bundle.getSymbolicName())) {
                bundle.loadClass("consumer.Echo").getMethod("main", String[].class).invoke(null, (Object) args);
            }
        }
        framework.stop();
        framework.waitForStop(0);
    }
}
