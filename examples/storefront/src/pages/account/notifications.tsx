export default function Page() {
  return <div class='page'><h1>notifications</h1></div>;
}
