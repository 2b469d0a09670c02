/** Adds up the orders of the latest day in a list. Amounts are in cents. */
exports.summarise = (orders, { shop, currency, top }) => {
  const day = orders
    .map((order) => order.day)
    .sort()
    .at(-1);
  if (day === undefined) return { day: null, orders: 0, total: 0, best: [], text: `${shop}: no orders yet.` };

  const ofDay = orders.filter((order) => order.day === day);
  const total = ofDay.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const sold = new Map();
  for (const { item, quantity } of ofDay) sold.set(item, (sold.get(item) ?? 0) + quantity);
  const best = [...sold]
    .map(([item, quantity]) => ({ item, quantity }))
    .sort((a, b) => b.quantity - a.quantity || a.item.localeCompare(b.item))
    .slice(0, top);

  const money = new Intl.NumberFormat("en", { style: "currency", currency }).format(total / 100);
  const lines = best.map(({ item, quantity }) => `  ${quantity} × ${item}`);
  const text = [`${shop}, ${day}: ${ofDay.length} orders, ${money}`, ...lines].join("\n");
  return { day, orders: ofDay.length, total, best, text };
};
