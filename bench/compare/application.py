# SPDX-License-Identifier: BSD-3-Clause
"""An application of 400 classes and 500 routes that keeps some 14 MB, for the benchmarks."""
import os

CLASSES, ROUTES = 400, 500


def write_application(folder):
    """@return its worker script, which answers anything; `index.php` beside it is the same page for
    a server that begins anew for each request"""
    os.makedirs(f"{folder}/src")
    for n in range(CLASSES):
        methods = "".join(
            f"    public function m{m}(array $in): array\n    {{\n"
            f"        $out = ['class' => self::class, 'n' => {n}, 'in' => $in];\n"
            f"        ksort($out);\n        return $out;\n    }}\n" for m in range(8))
        with open(f"{folder}/src/C{n}.php", "w", encoding="ascii") as file:
            file.write(f"<?php\nclass C{n}\n{{\n    private array $state = [];\n{methods}}}\n")
    boot = f"""<?php
$objects = [];
for ($n = 0; $n < {CLASSES}; ++$n) {{
    require __DIR__ . "/src/C$n.php";
    $class = "C$n";
    $objects[$n] = new $class();
}}
$routes = [];
for ($n = 0; $n < {ROUTES}; ++$n) {{
    $routes["/r$n"] = ['to' => $objects[$n % {CLASSES}], 'name' => "route $n",
        'table' => array_map(static fn ($i) => "value $n $i", range(1, 200))];
}}
$page = static function () use ($routes): void {{
    $route = $routes['/r' . $_SERVER['REQUEST_TIME'] % 20];
    echo json_encode($route['to']->m1(['name' => $route['name']])), getmypid();
}};
"""
    for name, end in (("worker.php", "Kraken\\handle($page);\n"), ("index.php", "$page();\n")):
        with open(f"{folder}/{name}", "w", encoding="ascii") as file:
            file.write(boot + end)
    return f"{folder}/worker.php"
