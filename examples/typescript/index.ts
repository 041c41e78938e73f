// Two services, as a team may have written them years ago: billing logs in to the database of orders.
// `pulumi config set ownDatabases true` gives each a database of its own.
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const ownDatabases = new pulumi.Config().requireBoolean("ownDatabases");

/** A PostgreSQL server with its Service, and a Secret that says how to reach it. */
class Database extends pulumi.ComponentResource {
    readonly secret: k8s.core.v1.Secret;

    constructor(name: string, database: string, opts?: pulumi.ComponentResourceOptions) {
        super("acme:store:Database", name, {}, opts);
        const inside: pulumi.CustomResourceOptions = { parent: this };
        const labels = { app: name };
        const server = new k8s.apps.v1.StatefulSet(name, {
            metadata: { name, labels },
            spec: {
                serviceName: name,
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels },
                    spec: {
                        containers: [{
                            name: "postgres",
                            image: "postgres:17",
                            ports: [{ containerPort: 5432 }],
                            env: [{ name: "POSTGRES_DB", value: database }],
                        }],
                    },
                },
                volumeClaimTemplates: [{
                    metadata: { name: "data" },
                    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
                }],
            },
        }, { ...inside, protect: true });
        const service = new k8s.core.v1.Service(name, {
            metadata: { name, labels },
            spec: { selector: labels, ports: [{ port: 5432 }] },
        }, inside);
        this.secret = new k8s.core.v1.Secret(name, {
            metadata: { name, labels },
            stringData: {
                url: pulumi.interpolate`postgresql://app@${service.metadata.name}:5432/${database}`,
            },
        }, { ...inside, dependsOn: server });
        this.registerOutputs();
    }
}

/** One Deployment that is told where its database is. */
class Service extends pulumi.ComponentResource {
    constructor(name: string, database: Database, opts?: pulumi.ComponentResourceOptions) {
        super("acme:application:Service", name, {}, opts);
        const labels = { app: name };
        new k8s.apps.v1.Deployment(name, {
            metadata: { name, labels },
            spec: {
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels },
                    spec: {
                        containers: [{
                            name: "main",
                            image: `registry.example.com/${name}:1`,
                            env: [{
                                name: "DATABASE_URL",
                                valueFrom: {
                                    secretKeyRef: { name: database.secret.metadata.name, key: "url" },
                                },
                            }],
                        }],
                    },
                },
            },
        }, { parent: this });
        this.registerOutputs();
    }
}

const ordersDatabase = new Database("orders-postgres", "orders");
new Service("orders", ordersDatabase);
new Service("billing", ownDatabases ? new Database("billing-postgres", "billing") : ordersDatabase);
